package dev.rectifier.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.PRelu;
import dev.rectifier.Span;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where the garbage collector can't be called, closed networks are all that gives memory back. */
@Tag("child-jvm")
class NetworkMemoryTest {
    private static final int ROWS = 300;

    /** Trains networks of some sizes, which together are twenty times the memory there is. */
    static final class Child {
        public static void main(String[] arguments) {
            Initializer kernel = Initializer.heNormal(0);
            Examples examples = new Examples(new float[ROWS * 32], 32, new int[ROWS], 2);
            Trainer trainer = new Trainer(Optimizer.adam(0.001), 64, 1, 1);
            int networks = 0;
            try {
                for (; networks < Integer.parseInt(arguments[0]); networks++) {
                    int units = 200 + networks % 3 * 50;
                    List<Dense> layers =
                            List.of(
                                    new Dense(units, Elementwise.tanh(), kernel),
                                    new Dense(units, new PRelu(), kernel),
                                    new Dense(2, AxisFunction.softmax(), kernel));
                    Network network = new Network(DType.FLOAT32, 32, layers, networks);
                    network.forward(Span.of(new float[32]), 1, false);
                    UnitMonitor.observe(network, examples);
                    network.accuracy(examples);
                    trainer.fit(network, examples, examples, report -> {});
                    if (arguments[1].equals("close")) {
                        network.close();
                    }
                }
                System.out.print("all");
            } catch (OutOfMemoryError e) {
                System.out.print(networks + ": " + e.getMessage());
            }
        }
    }

    private static String run(String networks, String end) throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+DisableExplicitGC",
                                "-XX:MaxDirectMemorySize=6m",
                                // Too large to be collected meanwhile.
                                "-Xms256m",
                                "-Xmn200m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName(),
                                networks,
                                end)
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    @Test
    void manyNetworksThatAreClosedNeedTheMemoryOfOne() throws Exception {
        assertEquals("all", run("60", "close"));
    }

    @Test
    void whereThereIsNoMemoryTheErrorSaysWhatAllowsMore() throws Exception {
        String output = run("60", "forget");
        assertTrue(output.matches("[1-9]: .*direct buffer memory.*MaxDirectMemorySize.*"), output);
    }
}
