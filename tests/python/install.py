"""Installs the wheel of a folder into a new virtual environment, by pip and without the network: install.py WHEELS VENV"""

import pathlib
import subprocess
import sys
import venv

wheels, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
(wheel, ) = wheels.glob("ringlet-*.whl")
venv.create(folder, clear=True, with_pip=True)
subprocess.run([folder / "bin/pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", wheel], check=True)
subprocess.run([folder / "bin/python", "-c", "import ringlet; print(ringlet.__file__, ringlet.kernels())"], check=True)
