package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Rectifier;
import dev.rectifier.data.NpyArray;
import dev.rectifier.data.NpyFile;
import dev.rectifier.network.Dense;
import dev.rectifier.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Whatever the value of an option is, it isn't a bug; and none is given twice. */
class OptionsTest {
    private static final List<String> VALUES =
            List.of(
                    "",
                    " ",
                    ",",
                    "a,,b",
                    "1,",
                    "-",
                    "a=",
                    "=a",
                    ":",
                    "relu:a",
                    "0",
                    "-1",
                    "0.5",
                    "nan",
                    "-inf",
                    "1e999",
                    "1e-300",
                    "99999999999999999999",
                    "2147483647",
                    "\udcff",
                    "a\nb",
                    "x".repeat(100_000));

    /** The commands that take options, with what they need. */
    private static final Map<String, List<String>> NEEDS =
            Map.of(
                    "apply", List.of("relu", "in.npy", "out.npy"),
                    "init", List.of("heNormal", "out.npy", "--shape", "2,2", "--seed", "1"),
                    "plot", List.of("relu", "--out", "out.svg"),
                    "study",
                            List.of(
                                    ("--layers 1 --units 2 --batch-size 2000 --epochs 1 --seeds 1"
                                                    + " --activations relu --initializers heNormal"
                                                    + " --learning-rate 0.01 --out out.html")
                                            .split(" ")),
                    "train",
                            List.of(
                                    ("--data table.csv --layers 2 --epochs 2 --batch-size 4"
                                                    + " --out trained.safetensors")
                                            .split(" ")),
                    "convert", List.of("network.safetensors", "out.safetensors"),
                    "predict", List.of("network.safetensors", "in.npy", "out.npy"),
                    "show", List.of("network.safetensors"),
                    "quality", List.of(),
                    "info", List.of());

    @TempDir Path folder;

    @BeforeEach
    void makeAnInput() throws IOException {
        Files.writeString(folder.resolve("table.csv"), "a,b,c\n1,2,0\n2,1,1\n3,3,0\n4,0,1\n");
        NpyFile.write(folder.resolve("in.npy"), NpyArray.of(new float[] {-1, 0, 2, 3}, 2, 2));
        List<Dense> layers = List.of(new Dense(2, Elementwise.relu(), Initializer.heNormal(1)));
        try (Network network = new Network(DType.FLOAT32, 2, layers, 1)) {
            network.save(folder.resolve("network.safetensors"));
        }
    }

    @AfterEach
    void useAllThreadsAgain() {
        Rectifier.setThreads(Integer.MAX_VALUE);
    }

    static Stream<Arguments> options() {
        return Main.commandLine().getSubcommands().values().stream()
                .flatMap(
                        command ->
                                command.getCommandSpec().options().stream()
                                        .filter(option -> !option.usageHelp())
                                        .filter(option -> !option.versionHelp())
                                        .map(option -> named(command, option)));
    }

    private static Arguments named(CommandLine command, OptionSpec option) {
        return Arguments.of(command.getCommandName(), option.longestName(), option);
    }

    private static boolean takesValue(OptionSpec option) {
        return option.arity().max() > 0;
    }

    /** A command with all that it needs, but for this option. */
    private List<Object> without(OptionSpec option, String command) {
        List<Object> args = new ArrayList<>(List.of(command));
        List<String> needs = NEEDS.get(command);
        for (int i = 0; i < needs.size(); i++) {
            String word = needs.get(i);
            if (word.equals(option.longestName())) {
                i++;
            } else {
                args.add(
                        word.matches(".*\\.(npy|svg|html|csv|safetensors)")
                                ? folder.resolve(word)
                                : word);
            }
        }
        return args;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("options")
    @Tag("thorough")
    void anyValueIsGoodOrAUsageErrorOrBadData(String command, String name, OptionSpec option) {
        if (!takesValue(option)) {
            return;
        }
        for (String value : VALUES) {
            if (takesLong(command, name, value)) {
                continue;
            }
            List<Object> args = without(option, command);
            args.add(name);
            args.add(isFile(option) && !value.isEmpty() ? folder + "/" + value : value);
            Outcome outcome = outcome(args.toArray());
            String shown = args + "\n" + outcome.err();
            assertTrue(List.of(0, Main.DATA, Main.USAGE).contains(outcome.code()), shown);
            assertFalse(outcome.err().contains("\tat "), shown);
        }
    }

    /** What is right, and has its time. */
    private static boolean takesLong(String command, String name, String value) {
        return command.equals("quality") && value.matches("-?\\d{1,10}")
                || name.equals("--epochs") && value.equals("2147483647");
    }

    private static Outcome outcome(Object... args) {
        try {
            return Outcome.of(args);
        } catch (OutOfMemoryError e) {
            // Of which the process says what to do.
            return new Outcome(Main.DATA, "", "");
        }
    }

    private static boolean isFile(OptionSpec option) {
        return option.type() == Path.class || List.of(option.auxiliaryTypes()).contains(Path.class);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("options")
    void nothingIsGivenTwice(String command, String name, OptionSpec option) {
        List<Object> args = without(option, command);
        for (int i = 0; i < 2; i++) {
            args.add(name);
            if (takesValue(option)) {
                args.add(name.equals("-p") ? "alpha=1" : isFile(option) ? "in.npy" : "1");
            }
        }
        Outcome outcome = Outcome.of(args.toArray());
        assertEquals(Main.USAGE, outcome.code(), args + "\n" + outcome.err());
    }

    @ParameterizedTest
    @CsvSource({"apply,2", "apply,1", "init,2", "plot,2"})
    void aParameterThatIsGivenTwiceIsNamed(String command, String second) {
        List<Object> args = without(OptionSpec.builder("--none").build(), command);
        args.addAll(List.of("-p", "alpha=1", "-p", "beta=1", "-p", "alpha=" + second));
        Outcome.of(args.toArray()).isUsageError("-p alpha is given twice");
    }

    @ParameterizedTest
    @CsvSource({
        "study, --activations",
        "study, --initializers",
        "study, --learning-rate",
        "init, --shape",
        "train, --layers"
    })
    void anEmptyElementOfAListIsAUsageErrorThatNamesTheOption(String command, String name) {
        OptionSpec option =
                Main.commandLine().getSubcommands().get(command).getCommandSpec().findOption(name);
        String good = NEEDS.get(command).get(NEEDS.get(command).indexOf(name) + 1);
        for (String list : List.of("", " ", ",", good + ",", "," + good, good + ",," + good)) {
            List<Object> args = without(option, command);
            args.addAll(List.of(name, list));
            Outcome.of(args.toArray()).isUsageError(name, "empty");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "init randomNormal -p stddev=1e-300, the standard deviation 1.0E-300 is 0 in float32",
        "init truncatedNormal -p stddev=1e-46, the standard deviation 1.0E-46 is 0 in float32",
        "init boundedNormal -p stddev=1e-46, the standard deviation 1.0E-46 is 0 in float32",
        "init randomNormal -p mean=-1e-300, the mean -1.0E-300 is 0 in float32",
        "init constant -p value=1e-300, the value 1.0E-300 is 0 in float32",
        "init randomUniform -p minval=1e-300, the lower bound 1.0E-300 is 0 in float32",
        "init xavierUniform -p gain=1e-300, the lower bound",
        "init varianceScaling -p scale=1e-300, the standard deviation",
        "study --activations elu:alpha=1e-300, alpha 1.0E-300 is 0 in float32",
        "study --activations relu --initializers constant:value=1e-300, the value 1.0E-300 is 0",
        "study --learning-rate 1e-300, makes 0.0 of 1.0E-300",
    })
    void aNumberThatTheTypeMakesZeroIsAUsageError(String line, String message) {
        List<Object> args = new ArrayList<>(List.of(line.split(" ")));
        if (line.startsWith("init")) {
            args.addAll(List.of("--shape", "4,4", "--seed", 1, folder.resolve("w.npy")));
        } else {
            args.addAll(List.of("--out", folder.resolve("r.html")));
        }
        Outcome.of(args.toArray()).isUsageError(message);
    }

    @ParameterizedTest
    @CsvSource({"leakyRelu, negativeSlope", "elu, alpha", "softplus, beta", "threshold, value"})
    void aParameterThatTheTypeOfTheFileMakesZeroIsSaid(String function, String parameter) {
        Path out = folder.resolve("out.npy");
        Object[] args = {
            "apply", function, "-p", parameter + "=1e-300", folder.resolve("in.npy"), out
        };
        Outcome.of(args).isDataError("float32 (2, 2): " + parameter + " 1.0E-300 is 0 in float32");
        Path doubles = folder.resolve("doubles.npy");
        NpyFile.write(doubles, NpyArray.of(new double[] {1}, 1));
        args[4] = doubles;
        Outcome.success(args);
    }
}
