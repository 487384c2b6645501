package dev.rectifier.benchmarks;

import dev.rectifier.Span;
import dev.rectifier.spi.Backend;
import java.util.List;

/** One that draws random numbers, of which others have other ones. */
interface RandomOperation extends Operation {
    /** The same with the draws from element {@code first} on. */
    RandomOperation from(long first);

    @Override
    default List<Span> scales(Backend reference, List<Span> in, List<Span> expected) {
        throw new UnsupportedOperationException("random numbers are the same bits or others");
    }
}
