"""The tests of the compiled engine can fail: run without the compiler, so that a mistake can be planted in any of its
functions. A process of its own, since the compiler is switched off at its start."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_every_mistake_planted_in_the_compiled_engine_is_caught():
    planted = str(HERE / "planted_in_compiled.py")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", planted],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, cwd=HERE.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
