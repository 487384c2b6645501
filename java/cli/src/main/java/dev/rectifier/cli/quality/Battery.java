package dev.rectifier.cli.quality;

import dev.rectifier.DType;
import dev.rectifier.Initializer;
import dev.rectifier.Shape;
import dev.rectifier.cli.quality.Correlation.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** All tests of a source of weights. */
final class Battery {
    private static final int PAIRS = 64;

    /** Several blocks of Philox, and one of the lags of {@link Correlation}. */
    private static final Shape HEAD = Shape.keras(16);

    /**
     * Some tests of the same numbers.
     *
     * @param draws how many numbers that takes
     */
    record Experiment(String subject, long draws, Supplier<List<Verdict>> run) {}

    private record Key(long seed, long stream) {}

    private final Source source;
    private final Effort effort;
    private final List<Experiment> experiments = new ArrayList<>();

    /**
     * Tests that share no numbers, but for those of one distribution and type.
     *
     * @param seed that the seeds of all follow from
     */
    Battery(Source source, Effort effort, long seed) {
        this.source = source;
        this.effort = effort;
        SplittableRandom seeds = new SplittableRandom(seed);
        for (Law law : Law.values()) {
            for (DType dtype : law.isBounded() ? List.<DType>of() : DType.arithmeticTypes()) {
                long own = seeds.nextLong();
                addSequences(law, dtype, own);
                addPairs(law, dtype, own);
            }
        }
        for (Promise promise : Promise.all()) {
            for (DType dtype : DType.arithmeticTypes()) {
                long own = seeds.nextLong();
                add(
                        promise.name(),
                        effort.moments(),
                        () -> List.of(promise.kept(source, dtype, own, effort.moments())));
            }
        }
        // Other bounds of a distribution whose streams and seeds have been tested.
        for (Law law : Law.values()) {
            for (DType dtype : law.isBounded() ? DType.arithmeticTypes() : List.<DType>of()) {
                Sequence draws = sequence(law, dtype, new Key(seeds.nextLong(), 0));
                addFit(draws, effort.heads(), effort.heads());
                add(draws.name(), effort.heads(), () -> Fit.atTheEnds(draws, effort.heads()));
            }
        }
    }

    List<Experiment> experiments() {
        return List.copyOf(experiments);
    }

    private void add(String subject, long draws, Supplier<List<Verdict>> run) {
        experiments.add(new Experiment(subject, draws, run));
    }

    private void addSequences(Law law, DType dtype, long seed) {
        Initializer initializer = law.initializer().withSeed(seed);
        Sequence plain = Sequence.of(source, law, dtype, initializer);
        addFit(plain, effort.fit(), effort.correlation());
        long tails = law == Law.NORMAL ? effort.tails() : effort.fit();
        add(plain.name(), tails, () -> Fit.atTheEnds(plain, tails));
        if (law == Law.UNIFORM) {
            long n = effort.correlation();
            add(plain.name(), n, () -> Bits.of(plain, n));
        }
        addHeads(law, dtype, "stream", initializer::withStream);
        addHeads(law, dtype, "seed", i -> initializer.withSeed(seed + i));
    }

    private void addHeads(Law law, DType dtype, String of, LongFunction<Initializer> initializers) {
        String name = "first %d of each %s".formatted(HEAD.size(), of);
        addFit(
                Sequence.tensors(source, law, dtype, name, HEAD, initializers),
                effort.heads(),
                effort.heads());
    }

    private void addFit(Sequence sequence, int fit, long correlation) {
        add(sequence.name(), fit, () -> Fit.wholly(sequence, fit));
        add(sequence.name(), 2 * correlation, () -> Correlation.serial(sequence, correlation));
    }

    private void addPairs(Law law, DType dtype, long seed) {
        LongFunction<Key> streams = i -> new Key(seed, i);
        LongFunction<Key> seeds = i -> new Key(seed + i, 0);
        addPairs(law, dtype, "neighbouring streams", streams, i -> new Key(seed, i + 1));
        addPairs(law, dtype, "streams 2³² apart", streams, i -> new Key(seed, i + (1L << 32)));
        addPairs(
                law,
                dtype,
                "streams one bit apart",
                i -> new Key(seed, 0),
                i -> new Key(seed, 1L << i));
        addPairs(law, dtype, "neighbouring seeds", seeds, i -> new Key(seed + i + 1, 0));
        addPairs(law, dtype, "seeds 2³² apart", seeds, i -> new Key(seed + i + (1L << 32), 0));
        addPairs(
                law,
                dtype,
                "seeds one bit apart",
                i -> new Key(seed, 0),
                i -> new Key(seed ^ 1L << i, 0));
        addPairs(
                law,
                dtype,
                "seed and stream swapped",
                i -> new Key(seed, i),
                i -> new Key(i, seed));
    }

    private void addPairs(
            Law law, DType dtype, String name, LongFunction<Key> one, LongFunction<Key> other) {
        LongFunction<Pair> pair =
                i ->
                        new Pair(
                                sequence(law, dtype, one.apply(i)),
                                sequence(law, dtype, other.apply(i)));
        List<Pair> pairs = LongStream.range(0, PAIRS).mapToObj(pair).toList();
        long n = effort.correlation();
        add(pairs.get(0).one().name(), 2 * n, () -> List.of(Correlation.across(name, pairs, n)));
    }

    private Sequence sequence(Law law, DType dtype, Key key) {
        Initializer initializer = law.initializer().withSeed(key.seed).withStream(key.stream);
        return Sequence.of(source, law, dtype, initializer);
    }
}
