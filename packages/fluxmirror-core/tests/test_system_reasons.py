"""What the system says of a file, in every language."""

from __future__ import annotations

import errno
import os
import sys

import pytest
from fluxmirror_core.config.languages import LANGUAGES
from fluxmirror_core.messages import Message, load_catalog
from fluxmirror_core.system_reasons import system_reason

COMMON = (errno.ENOENT, errno.EACCES, errno.ENOTDIR, errno.EISDIR, errno.ENOSPC, errno.EROFS)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the words of that system")
@pytest.mark.parametrize("number", COMMON)
def test_in_english_it_is_what_the_system_says(number: int) -> None:
    """Whoever looks it up finds it."""
    assert str(system_reason(OSError(number, os.strerror(number)))) == os.strerror(number)


@pytest.mark.parametrize("number", COMMON)
@pytest.mark.parametrize("language", [one for one in LANGUAGES.values() if one != "en"])
def test_in_another_language_it_is_said_in_that(number: int, language: str) -> None:
    """Each has words of its own."""
    reason = system_reason(OSError(number, os.strerror(number)))
    assert isinstance(reason, Message)
    assert load_catalog(language).has(reason.message_id)


def test_what_is_rare_stays_as_the_system_words_it() -> None:
    """Some reason is better than none."""
    rare = OSError(errno.ENOTTY, "Inappropriate ioctl for device")
    assert system_reason(rare) == "Inappropriate ioctl for device"
    assert system_reason(OSError("without a number")) == "without a number"
    assert system_reason(OSError()) == "OSError"
