package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Takes up to 7 GiB of memory: {@code mvn -B verify -pl java/core -Dtest=LargeArrayTest
 * -Dgroups=large -DexcludedGroups=none}.
 */
@Tag("large")
class LargeArrayTest {
    @Test
    void arraysOfMoreThanTwoGibibytesAreComputedToTheirEnd() throws Exception {
        ChildJvm child =
                ChildJvm.run(
                        1800,
                        Child.class,
                        List.of("-XX:+UseSerialGC", "-Xms3500m", "-Xmx3500m", "-Xmn1m"));
        assertEquals(0, child.exit(), child.output());
        System.out.println(child.output().strip());
    }

    static final class Child {
        private static final int LENGTH = (1 << 29) + 4_321_000;

        public static void main(String[] args) {
            float[] array = new float[LENGTH];
            Span all = Span.of(array);
            Axis row = Axis.ofRows(1, LENGTH);
            int last = LENGTH - 1;

            array[last] = 30;
            AxisFunction.softmax().forward(all, all, row);
            double rest = last * Math.exp(-30);
            expect("softmax", 1 / (1 + rest), array[last]);
            expect("softmax", Math.exp(-30) / (1 + rest), array[0]);

            array[0] = 3;
            AxisFunction.hardmax().forward(all, all, row);
            expect("hardmax", 1, array[0]);
            expect("hardmax", 0, array[last]);

            array[0] = -2;
            array[last] = -4;
            Span alpha = Span.of(new float[] {0.5f});
            new PRelu().forward(all, alpha, all, Axis.shared(LENGTH));
            expect("prelu", -1, array[0]);
            expect("prelu", -2, array[last]);

            Span dalpha = Span.of(new float[1]);
            new PRelu().backward(all, alpha, all, all, dalpha, Axis.shared(LENGTH));
            expect("dalpha", 5, dalpha.get(0));
            expect("prelu.backward", -1, array[last]);

            // The halves begin with 1 and end with 2 and 0, in a slice that is cut, and in rows.
            array[0] = 1;
            array[LENGTH / 2 - 1] = 2;
            array[last] = 0;
            float[] gated = new float[LENGTH / 2];
            new Glu().forward(all, Span.of(gated), row);
            expect("glu", 0.5, gated[0]);
            expect("glu", 1, gated[gated.length - 1]);

            AxisFunction.softmin().forward(all, all, new Axis(1, 2, LENGTH / 2));
            expect("softmin", 1 / (1 + Math.exp(1)), array[0]);
            expect("softmin", 1 / (1 + Math.exp(-2)), array[last]);

            Initializer.constant(-3).initialize(Shape.keras(LENGTH), all);
            Elementwise.elu().forward(array, array);
            expect("elu", Math.expm1(-3), array[0]);
            expect("elu", Math.expm1(-3), array[last]);
        }

        private static void expect(String what, double expected, double actual) {
            if (Math.abs(actual - expected) > 1e-5 * Math.abs(expected)) {
                throw new AssertionError(what + " is " + actual + ", not " + expected);
            }
            System.out.println(what + " " + actual);
        }
    }
}
