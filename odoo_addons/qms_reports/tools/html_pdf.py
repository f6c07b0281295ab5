"""HTML pages to PDF, the same with any wkhtmltopdf.

Odoo's own call hands over headers, footers and several documents at once, which only
the build with the patched Qt prints. Here every paper is one self-contained page:
no header, no footer, no outline, no link, no script, no picture from an address; what
the two builds do differently is not asked for.
"""

import concurrent.futures
import os
import subprocess
import tempfile
from pathlib import Path

PROCESSES = 4
TIMEOUT = 300  # seconds for the whole print
# mm: top, right, bottom, left. A headed page leaves room for the running head, which is
# printed by itself (``running``) and laid upon it; on a paged one it is a single line.
MARGINS = {
    "portrait": (14, 12, 12, 20),
    "landscape": (12, 10, 10, 10),
    "headed": (42, 12, 14, 20),
    "paged": (22, 12, 14, 20),
    "running": (8, 12, 8, 20),
}
# Pages that may show pictures; all of them travel inside the page.
WITH_PICTURES = ("headed",)
# Qt says this on each start without a session of a desktop; it tells nothing.
ENVIRONMENT = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": tempfile.gettempdir()}


class PrintError(RuntimeError):
    """wkhtmltopdf is missing or has failed; the text says what it said."""


def arguments(orientation):
    """Return the arguments of every print; nothing here needs the patched Qt.

    :param str orientation: a key of :data:`MARGINS`

    >>> [word for word in arguments("portrait") if "header" in word or "footer" in word]
    []
    """
    top, right, bottom, left = MARGINS[orientation]
    return [
        "--quiet",
        "--disable-javascript",
        "--disable-local-file-access",
        "--disable-plugins",
        *(() if orientation in WITH_PICTURES else ("--no-images",)),
        "--javascript-delay",
        "1",
        "--encoding",
        "utf-8",
        # The plain build draws at 0.768 of the true size whatever it is told; this brings
        # the patched one to the same. Our style sheet enlarges by 1 / 0.768.
        "--zoom",
        "0.9624",
        "--page-size",
        "A4",
        "--orientation",
        "Landscape" if orientation == "landscape" else "Portrait",
        "--margin-top",
        f"{top}mm",
        "--margin-right",
        f"{right}mm",
        "--margin-bottom",
        f"{bottom}mm",
        "--margin-left",
        f"{left}mm",
    ]


def print_pages(binary, documents):
    """Return one PDF for each ``(html, orientation)``, in their order.

    Several processes work side by side: each print waits more than it computes.

    :raise PrintError: when any of them is not printed
    """
    documents = list(documents)
    with tempfile.TemporaryDirectory(prefix="qms-print-") as folder:
        root = Path(folder)
        jobs = []
        for number, (html, orientation) in enumerate(documents):
            source, target = root / f"{number}.html", root / f"{number}.pdf"
            source.write_text(html, "utf-8")
            jobs.append([*arguments(orientation), f'"{source}"', f'"{target}"'])
        shares = [jobs[start::PROCESSES] for start in range(min(PROCESSES, len(jobs)))]
        with concurrent.futures.ThreadPoolExecutor(max(len(shares), 1)) as pool:
            errors = list(pool.map(lambda share: _run(binary, share), shares))
        pages = [root / f"{number}.pdf" for number in range(len(documents))]
        if not all(page.is_file() and page.stat().st_size for page in pages):
            raise PrintError("\n".join(error for error in errors if error) or binary)
        return [page.read_bytes() for page in pages]


def _run(binary, jobs):
    """Print the jobs one after another in one process; return what it complained of."""
    lines = "\n".join(" ".join(job) for job in jobs)
    try:
        done = subprocess.run(
            [binary, "--read-args-from-stdin"],
            input=lines,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT,
            check=False,
            env={**os.environ, **ENVIRONMENT},
        )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return done.stderr.strip()
