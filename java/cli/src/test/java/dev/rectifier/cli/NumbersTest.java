package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.data.NpyArray;
import dev.rectifier.data.NpyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the numbers of a command line are written, and how large they may be. */
class NumbersTest {
    @TempDir private Path folder;
    private Path in;
    private Path out;

    @BeforeEach
    void nameTheFiles() {
        in = folder.resolve("in.npy");
        out = folder.resolve("out.npy");
        NpyFile.write(in, NpyArray.of(new float[] {-2, 0, 300}, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"inf", "+inf", "Inf", "INFINITY", "infinity", "Infinity"})
    void infinityMayBeWrittenInAnyUsualWay(String infinity) {
        Outcome.success("apply", "generalizedRelu", "-p", "maxValue=" + infinity, in, out);
        assertArrayEquals(new float[] {0, 0, 300}, NpyFile.read(out).floats());
        Outcome.success(
                "apply", "hardTanh", "-p", "minValue=-" + infinity.replace("+", ""), in, out);
        assertArrayEquals(new float[] {-2, 0, 1}, NpyFile.read(out).floats());
        Outcome.success("plot", "softplus:threshold=" + infinity, "--from", "-1", "--to", "1");
        Outcome.of("plot", "relu", "--to", infinity).isUsageError();
        Outcome.of(
                        "init",
                        "constant",
                        "-p",
                        "value=" + infinity,
                        "--shape",
                        "1",
                        "--seed",
                        "1",
                        out)
                .isUsageError("value must be finite, not Infinity");
    }

    @ParameterizedTest
    @CsvSource({"slope=nan, slope must be finite", "slope=1e999, slope must be finite"})
    void whatAParameterDoesNotAllowIsRefused(String parameter, String message) {
        Outcome.of("apply", "hardSigmoid", "-p", parameter, in, out).isUsageError(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"offset=1e30", "offset=-1e30", "slope=3.4028234e38"})
    void theEndsOfAPrintedRangeAreTaken(String parameter) {
        Outcome.success("apply", "hardSigmoid", "-p", parameter, in, out);
        assertTrue(Files.exists(out));
    }

    @ParameterizedTest
    @CsvSource({
        "truncatedNormal, stddev=1.7e38, stddev=1.71e38",
        "randomNormal, stddev=5.36e37, stddev=5.4e37",
        "constant, value=3.4e38, value=3.41e38"
    })
    void aDistributionEndsWhereItsValuesDo(String name, String taken, String refused) {
        Outcome.success("init", name, "-p", taken, "--shape", "99", "--seed", "1", out);
        for (float value : NpyFile.read(out).floats()) {
            assertTrue(Float.isFinite(value));
        }
        Outcome.of("init", name, "-p", refused, "--shape", "99", "--seed", "1", out)
                .isUsageError("out of the range of FLOAT32");
    }

    @Test
    void theListShowsTheRanges() {
        String list = Outcome.success("list", "activations").out();
        assertTrue(list.contains("from -1.0E30 to 1.0E30"), list);
        assertEquals(1, list.lines().filter(line -> line.contains("not denormal")).count());
    }
}
