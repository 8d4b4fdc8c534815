"""Which pictures of the documents are older than what they show; draws these again.

    python scripts/pictures.py          # names them
    python scripts/pictures.py --draw   # draws them, each by its command
    python scripts/pictures.py --note   # what has changed shows in none of them: notes that they are up to date

Beside the pictures lies ``drawn.json``. For each picture it has the checksum of its bytes, those of the files that
decide what is in it, as they were when it was drawn, and the grader's sentences that stand in it. What a course says
in them (titles, mistakes, hints) ``tests/docs/test_pictures.py`` compares itself, and the figures of the course hold
what they show (``course_figures.py``).
"""

import argparse
import hashlib
import html
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from grader import messages
from grader.messages._sentences import SENTENCES

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "images"


class Drawing(NamedTuple):
    """What one command draws.

    Attributes:
        command: Draws the pictures, from the root of a clone.
        pictures: Their names, in ``docs/images``.
        sources: The files that decide what is in them; ``*`` stands for any name.
    """

    command: str
    pictures: tuple[str, ...]
    sources: tuple[str, ...]


_PLOTS = ("jaxcnn/plotting/_figure.py", "jaxcnn/plotting/_labels.py")
_REPORT = ("scripts/screenshots.py", "grader/report/_t*.py")
DRAWINGS = (
    Drawing(
        "python scripts/screenshots.py",
        ("report-en.svg", "report-fr.svg"),
        _REPORT,
    ),
    Drawing(
        "python scripts/recording.py",
        ("watch-en.svg", "watch-en.txt", "watch-fr.svg", "watch-fr.txt"),
        ("scripts/recording.py", *_REPORT, "grader/watch/*.py"),
    ),
    Drawing(
        "python scripts/transfer_pictures.py docs/images",
        ("probes.png", "score_map.png"),
        (
            "scripts/transfer_pictures.py",
            "jaxcnn/plotting/_probes.py",
            "jaxcnn/plotting/_score_map.py",
            *_PLOTS,
            "jaxcnn/transfer/_probe.py",
            "jaxcnn/transfer/_score_map.py",
            "jaxcnn/transfer/backbones/resnet8_clothing.safetensors",
            "jaxcnn/data/embedded/clothing.npz",
        ),
    ),
    Drawing(
        "jaxcnn train lenet --data mnist_10k --curves docs/images/training-curves.png"
        " --mistakes docs/images/training-mistakes.png -o build/lenet.safetensors",
        ("training-curves.png", "training-mistakes.png"),
        (
            "jaxcnn/plotting/_history.py",
            "jaxcnn/plotting/_mistakes.py",
            *_PLOTS,
            "jaxcnn/training/_settings.py",
            "jaxcnn/data/embedded/mnist_10k.npz",
        ),
    ),
    Drawing(
        "python benchmarks/ops.py --from benchmarks/results/ops_python3.11.json"
        " --plot docs/images/ops.png",
        ("ops.png",),
        ("benchmarks/ops.py", "benchmarks/results/ops_python3.11.json"),
    ),
)


def old_pictures() -> dict[str, str]:
    """The pictures that are older than what they show, and what has changed since each was drawn."""
    kept = _kept()
    found = {}
    for drawing in DRAWINGS:
        for picture in drawing.pictures:
            then, now = kept.get(picture, {}), _record(drawing, FOLDER / picture, kept)
            if changed := sorted(_changes(then, now)):
                found[picture] = ", ".join(changed)
    return found


def command_of(picture: str) -> str:
    """What draws a picture."""
    return next(drawing.command for drawing in DRAWINGS if picture in drawing.pictures)


def draw(drawings: Iterable[Drawing]) -> None:
    """Draw, and note from what.

    Raises:
        subprocess.CalledProcessError: A command failed; what was drawn before is noted.
    """
    (ROOT / "build").mkdir(exist_ok=True)
    for drawing in drawings:
        print("$", drawing.command, flush=True)
        program, *arguments = shlex.split(drawing.command)
        module = [] if program == "python" else ["-m", program]
        subprocess.run([sys.executable, *module, *arguments], check=True, cwd=ROOT)
        note((drawing,))


def note(drawings: Iterable[Drawing]) -> None:
    """Note that pictures are as they would be drawn now."""
    kept = _kept()
    for drawing in drawings:
        kept |= {name: _record(drawing, FOLDER / name) for name in drawing.pictures}
    text = json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False)
    (FOLDER / "drawn.json").write_text(text + "\n", "utf-8")


def _kept() -> dict[str, Any]:
    path = FOLDER / "drawn.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def _record(drawing: Drawing, picture: Path, kept: dict[str, Any] | None = None) -> dict[str, Any]:
    """The checksums of a picture and of its sources, and the sentences in it: of all, or of those that were kept."""
    files = sorted({path for source in drawing.sources for path in ROOT.glob(source)})
    text = words_of(picture)
    language: Any = picture.stem.rpartition("-")[2]
    keys = SENTENCES if kept is None else kept.get(picture.name, {}).get("says", ())
    return {
        "picture": _checksum(picture),
        "sources": {path.relative_to(ROOT).as_posix(): _checksum(path) for path in files},
        "says": [key for key in keys if text and _stands_in(key, language, text)],
    }


def _changes(then: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    if not then:
        yield "never noted"
        return
    if then["picture"] != now["picture"]:
        yield "the picture itself"
    sources = then["sources"], now["sources"]
    yield from (
        path
        for path in sources[0].keys() | sources[1].keys()
        if sources[0].get(path) != sources[1].get(path)
    )
    yield from (f"the sentence {key}" for key in then["says"] if key not in now["says"])


def words_of(picture: Path) -> str:
    """The words of a picture of a terminal, on one line; of other pictures nothing."""
    if picture.suffix == ".png":
        return ""
    text = picture.read_text("utf-8")
    if picture.suffix == ".svg":
        text = " ".join(map(html.unescape, re.findall(r"<text[^>]*>([^<]*)</text>", text)))
    return " ".join(text.split())


def _stands_in(key: str, language: messages.Language, text: str) -> bool:
    """Whether a sentence is in a text, whatever fills its places; one of less than two words may be there by chance."""
    if key not in SENTENCES:
        return False
    sentence = SENTENCES[key][messages.LANGUAGES.index(language)]
    parts = re.split(r"\{[^}]*\}", " ".join(messages.no_break(sentence).split()))
    if max(map(len, parts)) < 12:
        return False
    return re.search(".{0,200}?".join(map(re.escape, parts)), text) is not None


def _checksum(path: Path) -> str:
    content = path.read_bytes()
    if b"\0" not in content:
        content = content.replace(b"\r\n", b"\n")  # as some systems check texts out
    return hashlib.sha256(content).hexdigest()[:16]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pictures", nargs="*", metavar="PICTURE", help="these only, old or not")
    todo = parser.add_mutually_exclusive_group()
    todo.add_argument("--draw", action="store_const", const=draw, dest="do", help="draw again")
    todo.add_argument("--note", action="store_const", const=note, dest="do", help="as they are")
    options = parser.parse_args()
    chosen = dict.fromkeys(options.pictures, "asked for") or old_pictures()
    for picture, why in chosen.items():
        print(f"{picture}: {why}: {command_of(picture)}")
    if options.do is None:
        return 1 if chosen else 0
    options.do([d for d in DRAWINGS if not chosen.keys().isdisjoint(d.pictures)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
