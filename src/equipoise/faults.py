"""What a person did that cannot be used, in one sentence that says what to do."""

from collections.abc import Sequence
from dataclasses import dataclass


class Fault(Exception):
    """A mistake of the user's: shown as its sentence, never as a traceback; the command ends with exit code 2."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in one place of a file. `line` and `column` count from 1; 0 where there is no such place."""

    file: str
    line: int
    column: int
    message: str
    text: str = ""
    length: int = 1

    def __str__(self) -> str:
        place = ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])
        if not self.text:
            return f"{place}: {self.message}"
        caret = " " * (self.column - 1) + "^" * max(1, self.length)
        return f"{place}: {self.message}\n    {self.text}\n    {caret}"


class Mistakes(Fault):
    """Every mistake of a file or folder at once, so that it is mended in one go."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))
