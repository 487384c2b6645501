package dev.rectifier.benchmarks;

import dev.rectifier.benchmarks.Contender.Role;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One task, and what each contender made of it in the same rounds. */
public record Contest(Task task, List<Entry> entries) {
    /** The entries that were timed to the end. */
    Stream<Entry> counting(Role role) {
        return entries.stream().filter(entry -> entry.role() == role && entry.counts());
    }

    /** The entry with this label, if it was timed. */
    Optional<Entry> entry(String label) {
        return entries.stream()
                .filter(entry -> entry.label().equals(label) && entry.counts())
                .findFirst();
    }

    /** Nanoseconds per element. */
    Spread perElement(Entry entry) {
        double n = task.length();
        return Spread.of(entry.nanos().stream().map(nanos -> nanos / n).toList());
    }

    /** The peer that is fastest with at most so many threads. */
    Optional<Entry> bestPeer(int threads) {
        return counting(Role.PEER)
                .filter(entry -> entry.threads() <= threads)
                .min(Comparator.comparing(entry -> Spread.of(entry.nanos()).median()));
    }

    /** The fastest of the peers with at most so many threads whose largest error is small. */
    Optional<Entry> bestAccuratePeer(int threads) {
        return counting(Role.PEER)
                .filter(entry -> entry.threads() <= threads && entry.verdict().isAccurate())
                .min(Comparator.comparing(entry -> Spread.of(entry.nanos()).median()));
    }

    /** The quotient of two times, if both were taken. */
    Optional<Double> ratio(Optional<Entry> above, Optional<Entry> below) {
        return above.flatMap(a -> below.map(b -> Spread.ofRatios(a.nanos(), b.nanos()).median()));
    }

    /** How many times as fast as the best peer with at most as many threads. */
    Optional<Spread> timesBestPeer(Entry entry) {
        return bestPeer(entry.threads()).map(peer -> Spread.ofRatios(peer.nanos(), entry.nanos()));
    }

    /** The share of the time that the machine needs at least, 1 at best. */
    Optional<Spread> shareOfLimit(Entry entry) {
        return limit(entry.threads()).map(limit -> Spread.ofRatios(limit, entry.nanos()));
    }

    /**
     * The least time that a native call can take, in each round: an empty one's, or, where that is
     * longer, that of the fastest way to move the bytes.
     */
    private Optional<List<Double>> limit(int threads) {
        List<Entry> limits =
                counting(Role.LIMIT).filter(entry -> entry.threads() <= threads).toList();
        Optional<Entry> call = limits.stream().filter(Entry::isEmptyCall).findFirst();
        Optional<Entry> move =
                limits.stream()
                        .filter(entry -> !entry.isEmptyCall())
                        .min(Comparator.comparing(entry -> Spread.of(entry.nanos()).median()));
        if (call.isEmpty() || move.isEmpty()) {
            return Optional.empty();
        }
        List<Double> calls = call.get().nanos();
        List<Double> moves = move.get().nanos();
        return Optional.of(
                IntStream.range(0, calls.size())
                        .mapToObj(i -> Math.max(calls.get(i), moves.get(i)))
                        .toList());
    }

    /** The fastest of ours and of the peers, in a line. */
    String line() {
        return "%s n=%s: %s, %s"
                .formatted(
                        task.label(),
                        Figures.length(task.length()),
                        fastest(Role.OURS),
                        fastest(Role.PEER));
    }

    private String fastest(Role role) {
        return counting(role)
                .min(Comparator.comparing(entry -> Spread.of(entry.nanos()).median()))
                .map(
                        entry ->
                                "%s %s ns per element"
                                        .formatted(
                                                entry.label(),
                                                Figures.digits(perElement(entry).median())))
                .orElse(Figures.NONE);
    }
}
