"""`python -m ops.demo.generator --out DIR --size small|full --seed N [--prefecture NAME]`."""

import argparse
import time
from pathlib import Path

from integrations.sealed_file import make_key_file, read_key_file
from ops.demo.generator import FISCAL_YEAR, PREFECTURES, SampleKeys, generate


def main() -> None:
    options = _arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    keys = SampleKeys(_key(options.out / "numbers.key"), _key(options.out / "population.key"))
    for slug in options.prefecture or PREFECTURES:
        began = time.monotonic()
        folder = generate(options.out, slug, options.size, options.seed, keys, options.fiscal_year)
        print(f"{PREFECTURES[slug].name}（サンプル）: {folder.root} ({time.monotonic() - began:.1f} 秒)")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops.demo.generator", description="架空の都道府県のデータを作る")
    parser.add_argument("--out", type=Path, required=True, help="出力先のフォルダー（封緘の鍵もここに作る）")
    parser.add_argument("--size", choices=("small", "full"), default="small")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--prefecture", action="append", choices=sorted(PREFECTURES), help="省略すると3つすべて")
    parser.add_argument("--fiscal-year", type=int, default=FISCAL_YEAR)
    return parser.parse_args()


def _key(path: Path) -> bytes:
    return read_key_file(path) if path.exists() else make_key_file(path)


if __name__ == "__main__":
    main()
