"""団体内統合宛名 + 中間サーバー, played for development and tests.  Runs as its own process; never part of production.

python -m integrations.atena_adapters.simulator --profile nara --http-port 18081 --population F --key-file K
python -m integrations.atena_adapters.simulator --profile osaka --folder DIR --population F --key-file K
"""
