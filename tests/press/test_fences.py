"""What conftest adds to pytest-codeblocks: the place of a failure, and an empty folder."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = """\
# A page

```python
import matplotlib.pyplot as plt

open("mine.txt", "w").close()
plt.figure()
plt.show()
```

```python
import os

assert os.listdir() == []
x = 1
x / 0
```
"""


def test_a_failing_fence_tells_its_file_line_and_traceback(tmp_path: Path) -> None:
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--codeblocks", "-p", "no:cacheprovider", "page.md"]
    run = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert "1 failed, 1 passed" in run.stdout
    assert "page.md:11, in its line 5: x / 0" in run.stdout
    assert 'File "<string>", line 5, in <module>' in run.stdout
    assert "ZeroDivisionError: division by zero" in run.stdout
    assert not (tmp_path / "mine.txt").exists()
