#!/usr/bin/env python3
"""Fetch one file of a Python package through pip's own index client, without building or installing anything.

    fetch_pypi.py NAME VERSION sdist|wheel OUT_DIR

pip download would run the build back end of a source archive just to learn its metadata; this asks pip's finder for the link
(so pip's configuration, mirrors, certificates and proxies apply) and saves the bytes.  Prints the path.  The caller checks
the SHA-256.
"""
import os
import sys

from pip._internal.commands.download import DownloadCommand


def find_link(command, options, session, name, version, kind):
    """The link of NAME VERSION; for wheels, the best one for this interpreter."""
    finder = command._build_package_finder(options=options, session=session)
    found = [c for c in finder.find_all_candidates(name) if str(c.version) == version]
    if kind == "sdist":
        found = [c for c in found if not c.link.is_wheel]
    else:
        found = [c for c in found if c.link.is_wheel]
    if not found:
        sys.exit(f"fetch_pypi: no {kind} of {name} {version} at the configured index")
    return found[-1].link


def main():
    name, version, kind, out_dir = sys.argv[1:5]
    command = DownloadCommand("download", "")
    options, _ = command.parse_args([name])
    if kind == "sdist":
        options.format_control.disallow_binaries()
    with command.main_context():
        session = command._build_session(options)
        link = find_link(command, options, session, name, version, kind)
        if link.is_file:
            with open(link.file_path, "rb") as f:
                data = f.read()
        else:
            reply = session.get(link.url_without_fragment, headers={"Accept-Encoding": "identity"})
            reply.raise_for_status()
            data = reply.content
    path = os.path.join(out_dir, link.filename)
    with open(path + ".part", "wb") as f:
        f.write(data)
    os.replace(path + ".part", path)
    print(path)


if __name__ == "__main__":
    main()
