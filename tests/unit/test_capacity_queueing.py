"""The simulation of the queueing: processors that are shared, batches, and what theory says of the same load."""

import asyncio
import random

import pytest

from liveclass.tools.capacity.factors import Factors, Service
from liveclass.tools.capacity.queueing import Load, Machine, formula, simulate
from liveclass.tools.capacity.virtual_time import Cores, run

PATH = "single frames"
WORK, INFER, RECORD = 0.05, 0.03, 0.005
FACTORS = Factors(
    conditions={}, students=10, detection={PATH: WORK}, triton=0.001, client=0.002, faces_per_frame=10.0,
    frame_bytes=1e5, answer_bytes=4e3, observation_bytes=2e3, start_seconds={}, databases={},
    services={PATH: Service(tuple(WORK * (0.7 + 0.06 * n) for n in range(11)), (INFER,) * 11, (RECORD,) * 11)},
)  # fmt: skip
SERVER, ONE_MACHINE = Machine(2.0, 2.0), Machine(2.0)


def test_processors_are_shared_equally_and_one_piece_of_work_uses_one():
    async def three_on_two():
        loop, cores = asyncio.get_running_loop(), Cores(2)

        async def work(seconds):
            await cores.use(seconds)
            return loop.time()

        return await asyncio.gather(work(1.0), work(1.0), work(2.0)), cores.busy_seconds

    times, busy = run(three_on_two())
    assert times == pytest.approx([1.5, 1.5, 2.5])  # at 2/3 of a processor each, and then the last one alone
    assert busy == pytest.approx(4.0)


def test_a_processor_with_poisson_arrivals_is_as_busy_and_slow_as_theory_says():
    """M/G/1 with processor sharing: work of 1 s takes 1 / (1 − u) on average."""

    async def arrivals():
        loop, cores, chance, calls = asyncio.get_running_loop(), Cores(1), random.Random(3), []

        async def work():
            begun = loop.time()
            await cores.use(1.0)
            return loop.time() - begun

        for _ in range(4000):
            await asyncio.sleep(chance.expovariate(0.6))
            calls.append(asyncio.ensure_future(work()))
        return await asyncio.gather(*calls), cores.busy_seconds / loop.time()

    took, utilisation = run(arrivals())
    assert utilisation == pytest.approx(0.6, rel=0.05)
    assert sum(took) / len(took) == pytest.approx(2.5, rel=0.1)


def test_a_load_that_fits_is_finished_at_the_utilisation_of_the_formula_and_nothing_is_refused():
    for machine in (SERVER, ONE_MACHINE):
        expected, _ = formula(FACTORS, PATH, machine, 20.0)
        found = simulate(FACTORS, PATH, machine, Load(20, 1.0, 30.0))
        assert found.utilisation == pytest.approx(expected, rel=0.1)
        assert (len(found.latencies), found.refused) == (600, 0)
        assert found.latency(0.05) >= 0.7 * WORK + RECORD


def test_more_cameras_wait_longer():
    few, many = (simulate(FACTORS, PATH, SERVER, Load(count, 1.0, 15.0)) for count in (5, 36))
    assert many.latency(0.95) > few.latency(0.95)
    assert formula(FACTORS, PATH, SERVER, 36)[1] > formula(FACTORS, PATH, SERVER, 5)[1]


def test_of_too_much_what_the_processors_can_do_is_finished_and_the_rest_refused():
    most = 2.0 / WORK  # frames a second
    found = simulate(FACTORS, PATH, SERVER, Load(80, 1.0, 15.0))
    assert found.completed_per_second == pytest.approx(most, rel=0.1)
    assert found.refused > 0.3 * 80 * 15
    assert found.latency(0.99) < 10.0  # the deadline
    assert formula(FACTORS, PATH, SERVER, 80)[1] == float("inf")


def test_a_bell_that_brings_all_cameras_at_once_is_waited_out():
    spread_out = simulate(FACTORS, PATH, SERVER, Load(24, 1.0, 20.0))
    at_once = simulate(FACTORS, PATH, SERVER, Load(24, 1.0, 20.0, spread=0.05))
    assert at_once.refused == 0
    assert at_once.latency(0.95) > 2 * spread_out.latency(0.95)
