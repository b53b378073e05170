"""What is particular about one session, and how a home is filled with all kinds of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from transcripts.story import Wish, before_midnight, draw_size, draw_start

if TYPE_CHECKING:
    from collections.abc import Callable

    from transcripts.draw import Draw
    from transcripts.home import Home, Transcript

_SMALL: Final = 12_000
_EVERY: Final = 150


class Recipe(NamedTuple):
    """The hard cases of one session; without any it is an ordinary one."""

    models: tuple[str, ...]
    """From the second turn on the last of them is in use."""
    manner: str = ""
    """One of the agent's own ways to write."""
    subagents: bool = False
    midnight_of: int | None = None
    """How many hours east of UTC the zone is whose midnight it works through."""
    compacts: bool = False
    mishaps: bool = False
    """Ends with rows that are no responses, and a response of no tokens."""
    torn: str = ""
    """Where the file ends too early: in a `row` or in a `character`."""
    big: bool = False
    then: str = ""
    """What becomes of the file: `forked`, `copied`, `spaced`, `merged` with another machine's."""


class Menu(NamedTuple):
    """An agent's recipes: the ordinary one first, and one that is too big to be frequent."""

    recipes: tuple[Recipe, ...]
    rare: Recipe


def fill(
    home: Home, draw: Draw, size: int, menu: Menu, write: Callable[[Recipe, int], None]
) -> None:
    """Write about so many bytes of sessions: each recipe once in small, then half of them ordinary.

    Args:
        home: where to.
        draw: the agent's chance.
        size: bytes; what each recipe takes once may be more.
        menu: what to choose from.
        write: writes one session of a recipe, of about so many bytes.
    """
    end = home.bytes + size
    for recipe in menu.recipes:
        write(recipe, _SMALL)
    number = 0
    while home.bytes < end:
        number += 1
        special = menu.rare if number % _EVERY == 0 else draw.pick(menu.recipes)
        its_size = min(draw_size(draw), max(_SMALL, end - home.bytes))
        write(special if draw.chance(50) else menu.recipes[0], its_size)


def build_wish(
    recipe: Recipe, draw: Draw, size: int, contexts: tuple[int, ...] = (12_000,)
) -> Wish:
    """Say what the story of such a session is to be like.

    Args:
        recipe: what is particular.
        draw: the agent's chance.
        size: bytes of its file.
        contexts: how many tokens the first response may be sent.
    """
    many = len(recipe.models) > 1 or recipe.compacts or recipe.then == "forked"
    midnight = recipe.midnight_of
    return Wish(
        recipe.models,
        draw_start(draw) if midnight is None else before_midnight(draw, midnight),
        size,
        turns=2 if many else 1,
        compacts=recipe.compacts,
        cut_short=bool(recipe.torn),
        context_tokens=draw.pick(contexts),
    )


def place(home: Home, recipe: Recipe, transcript: Transcript, copy_path: str) -> None:
    """Write a session's file as its recipe says, a copy too where it says so."""
    plan, then = home.plan, recipe.then
    plan.meet("model_change", len(recipe.models) > 1)
    plan.meet("spaced_json", then == "spaced")
    plan.meet("second_machine", then == "merged")
    home.put(transcript.respaced() if then == "spaced" else transcript)
    if then == "copied":
        plan.meet("identical_copy")
        home.put(transcript.copy_to(copy_path))
