package dev.rectifier.benchmarks.contenders;

import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Work;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** A generator of {@code java.util.random}. */
public final class JavaRandom implements Adapter {
    private final RandomGenerator random;

    /** The generator of this name. */
    public JavaRandom(String algorithm) {
        random = RandomGeneratorFactory.of(algorithm).create(1);
    }

    @Override
    public String version() {
        return "Java " + Runtime.version().feature();
    }

    @Override
    public Optional<Work> prepare(Task task) {
        return Draws.into(task, random::nextFloat, random::nextDouble, random::nextGaussian);
    }
}
