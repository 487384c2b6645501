package dev.rectifier.benchmarks;

import static dev.rectifier.benchmarks.Samples.contest;
import static dev.rectifier.benchmarks.Samples.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.Task.Kind;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContestTest {
    private static final Task TASK = Samples.task(Kind.FORWARD, "relu", 100);
    private static final Entry OURS = entry(Role.OURS, "pointer", 1, 10.0, 20.0);
    private static final Entry OURS_ON_TWO = entry(Role.OURS, "pointer", 2, 5.0, 10.0);

    @Test
    void ourTimeIsComparedWithTheFastestPeer() {
        Contest contest =
                contest(
                        TASK,
                        OURS,
                        entry(Role.PEER, "slow", 1, 100.0, 200.0),
                        entry(Role.PEER, "fast", 1, 30.0, 60.0));
        assertEquals(Optional.of(new Spread(3, 3, 3)), contest.timesBestPeer(OURS));
    }

    @Test
    void aPeerWithMoreThreadsIsNoMatch() {
        Contest contest =
                contest(
                        TASK,
                        OURS,
                        OURS_ON_TWO,
                        entry(Role.PEER, "peer", 1, 30.0, 60.0),
                        entry(Role.PEER, "peer", 2, 15.0, 30.0));
        assertEquals("peer", contest.bestPeer(1).orElseThrow().label());
        assertEquals("peer ×2", contest.bestPeer(2).orElseThrow().label());
        assertEquals(3, contest.timesBestPeer(OURS_ON_TWO).orElseThrow().median());
    }

    @Test
    void whoIsWrongOrFailedIsNoPeer() {
        Contest contest = contest(TASK, OURS, Samples.wrong("wrong"), Samples.failed("failed"));
        assertEquals(Optional.empty(), contest.bestPeer(1));
        assertEquals(Optional.empty(), contest.timesBestPeer(OURS));
        assertEquals(Optional.empty(), contest.entry("wrong"));
    }

    @Test
    void theLimitOfAShortArrayIsTheCallAndOfALongOneTheFastestCopy() {
        Entry call = entry(Role.LIMIT, Contenders.EMPTY_CALL, 1, 5.0, 15.0);
        Entry slow = entry(Role.LIMIT, "arraycopy", 1, 40.0, 40.0);
        Contest small = contest(TASK, OURS, call, slow, entry(Role.LIMIT, "memcpy", 1, 4.0, 4.0));
        Contest large = contest(TASK, OURS, call, slow, entry(Role.LIMIT, "memcpy", 1, 10.0, 20.0));
        assertEquals(new Spread(0.625, 0.5, 0.75), small.shareOfLimit(OURS).orElseThrow());
        assertEquals(new Spread(1, 1, 1), large.shareOfLimit(OURS).orElseThrow());
    }

    @Test
    void aLimitOfTwoThreadsIsNoneForOne() {
        Contest contest =
                contest(
                        TASK,
                        OURS,
                        OURS_ON_TWO,
                        entry(Role.LIMIT, Contenders.EMPTY_CALL, 1, 1.0, 1.0),
                        entry(Role.LIMIT, "streaming", 1, 5.0, 10.0),
                        entry(Role.LIMIT, "streaming", 2, 4.0, 8.0));
        assertEquals(0.5, contest.shareOfLimit(OURS).orElseThrow().median());
        assertEquals(0.8, contest.shareOfLimit(OURS_ON_TWO).orElseThrow().median());
    }
}
