package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Takes 8 GiB of memory: {@code mvn -B verify -pl java/core -Dgroups=large -DexcludedGroups=none}.
 */
@Tag("large")
class LargePointerTest {
    private static final long LENGTH = (1L << 31) + 70_001;

    @Test
    void aPointerOfMoreThanTwoToThe31ElementsIsComputedToItsEnd() {
        System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
        System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        try (FloatPointer x = new FloatPointer(LENGTH)) {
            Initializer.constant(-2).initialize(Shape.keras(LENGTH), Span.of(x));
            x.put(LENGTH - 1, 3);
            x.put(LENGTH - 2, -4);
            Elementwise.leakyRelu(0.5).forward(x, x);
            assertEquals(-1, x.get(0));
            assertEquals(-1, x.get(Integer.MAX_VALUE + 1L));
            assertEquals(-2, x.get(LENGTH - 2));
            assertEquals(3, x.get(LENGTH - 1));
        }
    }
}
