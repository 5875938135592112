"""Medians of per-round ratios, as a table for people and JSON for machines."""

import statistics
from dataclasses import asdict

from bench.result import Result

Round = dict[str, Result]


def summary(rounds: list[Round], *, base: str) -> dict[str, dict[str, float]]:
    """Return per contender the best figures and the median of its ratio to `base`, per round."""
    return {
        name: {
            "cpu_ms": statistics.median(played[name].cpu_ms for played in rounds),
            "client_ms": statistics.median(played[name].client_ms for played in rounds),
            "server_ms": statistics.median(played[name].server_ms for played in rounds),
            "per_second": statistics.median(played[name].per_second for played in rounds),
            "cpu_ratio": statistics.median(
                played[name].cpu_ms / played[base].cpu_ms for played in rounds
            ),
        }
        for name in rounds[0]
    }


def as_text(figures: dict[str, dict[str, float]], *, base: str) -> str:
    head = f"{'contender':<12} {'cycles/s':>9} {'client ms':>10} {'server ms':>10} {'CPU ms':>8}"
    rows = [f"{head}   CPU × {base}"]
    rows += [
        f"{name:<12} {row['per_second']:>9.1f} {row['client_ms']:>10.2f} "
        f"{row['server_ms']:>10.2f} {row['cpu_ms']:>8.2f}   {row['cpu_ratio']:.1f}"
        for name, row in figures.items()
    ]
    return "\n".join(rows)


def as_json(rounds: list[Round]) -> list[dict[str, dict[str, float]]]:
    return [{name: asdict(result) for name, result in played.items()} for played in rounds]
