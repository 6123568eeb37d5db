"""The link's own ways: what it does with tasks that do not want to end."""

import asyncio

from wificore.realtime.link import end


def test_a_task_that_swallows_one_cancellation_ends_all_the_same() -> None:
    async def deaf_once() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)

    async def run() -> None:
        tasks = [asyncio.ensure_future(deaf_once()) for _ in range(3)]
        await asyncio.sleep(0)
        await end(tasks)
        assert all(task.done() for task in tasks)

    asyncio.run(run())


def test_a_task_that_failed_is_no_trouble() -> None:
    async def failing() -> None:
        raise ValueError

    async def run() -> None:
        task = asyncio.ensure_future(failing())
        await end([task])

    asyncio.run(run())


def test_who_is_ended_while_it_ends_others_ends_them_first() -> None:
    async def deaf_once() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)

    async def run() -> None:
        inner = asyncio.ensure_future(deaf_once())

        async def outer() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                await end([inner])

        task = asyncio.ensure_future(outer())
        for _ in range(2):
            await asyncio.sleep(0)
            task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert inner.done()

    asyncio.run(run())
