"""What a web process costs: its start, its memory, and whether a second one makes requests dearer."""

from django.utils import translation

from tests.bench.load import measure
from tests.bench.pages import kinds
from tests.bench.population import Population
from tests.bench.server import PROCESSES, Server, serving

START_GOAL, MEMORY_GOAL, RATIO_GOAL = 4.0, 220.0, 1.1
# Rounds in turn, so that a slow minute of the machine meets both.
ROUNDS = 3


def report(server: Server) -> None:
    """After everything was asked for: the start, and the memory of the largest process."""
    print(
        f"web process: answers after {server.start_seconds:.1f} s (goal {START_GOAL:g}), "
        f"{server.memory_mb():.0f} MB after the load (goal {MEMORY_GOAL:g})"
    )


def compare(population: Population) -> None:
    """CPU of all kinds of page together: one process, and as many as are wanted."""
    with translation.override("ky"):
        requests = [kind.requests for kind in kinds(population)]
    cost = {1: 0.0, PROCESSES: 0.0}
    for _round in range(ROUNDS):
        for number in cost:
            with serving(number) as server:
                cost[number] += sum(measure(server, asked).cpu_ms for asked in requests)
    ratio = cost[PROCESSES] / cost[1]
    print(
        f"{PROCESSES} web processes: {cost[PROCESSES] / ROUNDS / len(requests):.2f} ms CPU a request, "
        f"{cost[1] / ROUNDS / len(requests):.2f} with one: {ratio:.2f} times (goal {RATIO_GOAL:g})"
    )
