"""Lints the sources of npm packages with leaklint, as records that Spark pipes through it.

    python leaks.py 'packages/*.tgz' answers

README.md beside this file says how to run it, and what becomes of the answers.
"""

import argparse
import io
import json
import pathlib
import shlex
import shutil
import tarfile

ENDINGS = {".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro"}

# Nothing of the machine takes part, so that every executor and a laptop answer alike. Spark has a task for each core.
OPTIONS = "check --stdin-jsonl --format sarif --no-config --no-baseline --no-ignore --threads 1"


def command(leaklint=None):
    """The command line of the program at that path. rdd.pipe gives it no PATH, so that this machine's has to be asked here."""
    return f"{shlex.quote(leaklint or shutil.which('leaklint') or 'leaklint')} {OPTIONS}"


def records(tarball):
    """Yields a record for each source of a package: (where it lies, its bytes) → lines of JSON."""
    place, packed = tarball
    package = pathlib.PurePosixPath(place).name.removesuffix(".tgz")
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        for file in files:
            # Whatever its name, the first folder is that of the package.
            parts = pathlib.PurePosixPath(file.name).parts[1:]
            path = pathlib.PurePosixPath(package, *parts)
            if not file.isfile() or path.suffix not in ENDINGS or "node_modules" in parts:
                continue
            record = {"path": str(path)}
            try:
                record["source"] = files.extractfile(file).read().decode()
            except UnicodeDecodeError:
                pass  # leaklint answers that there is no source, and the report says so.
            yield json.dumps(record)


def main():
    """Runs the job where Spark says: locally, or on a cluster."""
    from pyspark.sql import SparkSession

    parser = argparse.ArgumentParser(description="Lint npm packages on Spark.")
    parser.add_argument("packages", help="tarballs, as `npm pack` fetches them; any path that Spark reads")
    parser.add_argument("answers", help="a folder that does not exist yet, for the answers of leaklint")
    parser.add_argument("--leaklint", help="the program, by its path on the executors")
    parser.add_argument("--partitions", type=int, default=8)
    args = parser.parse_args()

    session = SparkSession.builder.appName("leaklint").getOrCreate()
    packages = session.sparkContext.binaryFiles(args.packages)
    sources = packages.flatMap(records).repartition(args.partitions)
    sources.pipe(command(args.leaklint), checkCode=True).saveAsTextFile(args.answers)
    session.stop()


if __name__ == "__main__":
    main()
