package dev.rectifier.benchmarks.contenders;

import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Versions;
import dev.rectifier.benchmarks.Work;
import java.util.Optional;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;

/** Apache Commons RNG. */
public final class CommonsRng implements Adapter {
    private final UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(1);
    private final ContinuousSampler normal = ZigguratSampler.NormalizedGaussian.of(random);

    @Override
    public String version() {
        return Versions.of("commons-rng");
    }

    @Override
    public Optional<Work> prepare(Task task) {
        return Draws.into(task, random::nextFloat, random::nextDouble, normal::sample);
    }
}
