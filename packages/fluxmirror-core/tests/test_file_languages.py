"""Languages of files, told by the end of their names."""

from __future__ import annotations

from fluxmirror_core.analysis.activity import Activity
from fluxmirror_core.analysis.file_languages import LanguageFiles, file_languages


def test_files_count_once_in_the_language_of_their_name() -> None:
    """Read or written, on whatever system; most first, then by name."""
    activity = Activity()
    activity.reads = {"/a/b.py": 9, "C:\\x\\c.PY": 1, "/a/d.tar.gz": 1, "/a/e.md": 1}
    activity.writes = {"/a/b.py": 1, "f.go": 1, "/a/.py": 1, "/a.py/g": 1}
    assert file_languages(activity) == (
        LanguageFiles("Python", 2),
        LanguageFiles("Go", 1),
        LanguageFiles("Markdown", 1),
    )
