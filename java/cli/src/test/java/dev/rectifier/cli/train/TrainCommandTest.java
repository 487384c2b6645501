package dev.rectifier.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.Rectifier;
import dev.rectifier.cli.Commands;
import dev.rectifier.network.Network;
import dev.rectifier.network.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainCommandTest {
    private static final int ROWS = 400;

    @TempDir private Path folder;

    /** Two features, one of them in thousands, a number and what is so when it is above 0. */
    @BeforeEach
    void writeTables() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        StringBuilder words = new StringBuilder("age,income,quits\n");
        StringBuilder numbers = new StringBuilder();
        StringBuilder three = new StringBuilder("age,income,kind\n");
        for (int row = 0; row < ROWS; row++) {
            double a = random.nextDouble(20, 60);
            double b = random.nextDouble(10_000, 90_000);
            double value = (a - 40) / 10 + (b - 50_000) / 20_000;
            words.append(
                    String.format(Locale.ROOT, "%.2f,%.0f,%s%n", a, b, value > 0 ? "yes" : "no"));
            numbers.append(
                    String.format(Locale.ROOT, "%.2f;%.0f;%.3f%n", a, b, 1000 * value + 5000));
            three.append(
                    String.format(
                            Locale.ROOT,
                            "%.2f,%.0f,%d%n",
                            a,
                            b,
                            value < -1 ? 2 : value < 1 ? 10 : 30));
        }
        Files.writeString(folder.resolve("words.csv"), words);
        Files.writeString(folder.resolve("numbers.csv"), numbers);
        Files.writeString(folder.resolve("three.csv"), three);
    }

    @AfterEach
    void allThreads() {
        Rectifier.setThreads(Integer.MAX_VALUE);
    }

    private List<String> arguments(String line) {
        List<String> all = new ArrayList<>();
        for (String word : line.split(" ")) {
            all.add(
                    word.matches(".*\\.(csv|safetensors|html|json)")
                            ? folder.resolve(word).toString()
                            : word);
        }
        return all;
    }

    private Commands.Result run(String line) {
        return Commands.run(arguments(line).toArray(String[]::new));
    }

    @Test
    void aTableIsLearnedAndScoredAsItIs() throws IOException {
        Commands.Result result =
                run(
                        "train --data words.csv --label quits --layers 16,8 --dropout 0.1 --balanced"
                                + " --loss binaryCrossEntropy --learning-rate 0.01 --epochs 30"
                                + " --early-stopping 8 --out net.safetensors --html page.html"
                                + " --json all.json");
        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains("2 features, 16 relu, 8 relu, 1 sigmoid"), result.out());
        assertTrue(result.out().contains("320 rows to train and 80 held out"), result.out());
        JsonNode json = new ObjectMapper().readTree(folder.resolve("all.json").toFile());
        int chosen = json.get("chosenEpoch").asInt();
        JsonNode epoch = json.get("epochs").get(chosen - 1);
        assertTrue(epoch.get("validationAccuracy").asDouble() > 0.95, json.toString());
        for (JsonNode other : json.get("epochs")) {
            assertTrue(
                    epoch.get("validationLoss").asDouble()
                            <= other.get("validationLoss").asDouble());
        }
        String page = Files.readString(folder.resolve("page.html"));
        assertTrue(page.contains("<h2>Accuracy</h2>") && page.contains("<svg"), page);
        try (Network network = Network.load(folder.resolve("net.safetensors"))) {
            assertEquals(Task.BINARY, network.task());
            assertEquals(List.of("yes"), network.classNames());
            assertEquals(List.of("age", "income"), network.featureNames());
        }
        Commands.Result scored = run("predict net.safetensors words.csv out.csv");
        assertEquals(0, scored.code(), scored.err());
        List<String> table = Files.readAllLines(folder.resolve("words.csv"));
        List<String> scores = Files.readAllLines(folder.resolve("out.csv"));
        assertEquals("yes", scores.get(0));
        int right = 0;
        for (int row = 1; row <= ROWS; row++) {
            boolean yes = table.get(row).endsWith("yes");
            right += Double.parseDouble(scores.get(row)) > 0.5 == yes ? 1 : 0;
        }
        assertTrue(right > 0.95 * ROWS, right + " are right");
    }

    @ParameterizedTest
    @CsvSource({"meanSquaredError, adam", "huber, adam", "meanSquaredError, lbfgs"})
    void numbersAreLearnedAndSaidAsTheyAreInTheTable(String loss, String optimizer)
            throws IOException {
        Commands.Result result =
                run(
                        "train --data numbers.csv --layers 8 --activation tanh --optimizer "
                                + optimizer
                                + (optimizer.equals("adam") ? " --learning-rate 0.02" : "")
                                + " --epochs 40 --dtype float64 --out net.safetensors --loss "
                                + loss);
        assertEquals(0, result.code(), result.err());
        assertTrue(result.err().contains("epochs; loss"), result.err());
        Commands.Result scored = run("predict net.safetensors features.csv out.csv");
        assertEquals(1, scored.code());
        List<String> table = Files.readAllLines(folder.resolve("numbers.csv"));
        List<String> features =
                table.stream().map(row -> row.substring(0, row.lastIndexOf(';'))).toList();
        Files.write(folder.resolve("features.csv"), features);
        scored = run("predict net.safetensors features.csv out.csv");
        assertEquals(0, scored.code(), scored.err());
        List<String> scores = Files.readAllLines(folder.resolve("out.csv"));
        double sum = 0;
        for (int row = 0; row < ROWS; row++) {
            String truth = table.get(row).substring(table.get(row).lastIndexOf(';') + 1);
            sum += Math.pow(Double.parseDouble(scores.get(row)) - Double.parseDouble(truth), 2);
        }
        // The standard deviation of the targets is about 1600.
        assertTrue(Math.sqrt(sum / ROWS) < 160, Math.sqrt(sum / ROWS) + "");
    }

    @Test
    void aTrainingIsTheSameOnAnyNumberOfThreads() throws IOException {
        String line =
                "train --data three.csv --layers 32,16 --activation elu,tanh --epochs 5 --decay"
                        + " cosine --weight-decay 0.01 --clip-norm 1 --seed 7 --threads ";
        assertEquals(0, run(line + "1 --out one.safetensors").code());
        assertEquals(0, run(line + "2 --out two.safetensors").code());
        assertEquals(
                -1,
                Files.mismatch(
                        folder.resolve("one.safetensors"), folder.resolve("two.safetensors")));
        try (Network network = Network.load(folder.resolve("one.safetensors"))) {
            assertEquals(List.of("2", "10", "30"), network.classNames());
        }
    }

    @Test
    void smoothedLabelsKeepANetworkFromBeingCertain() throws IOException {
        double[] mostCertain = new double[2];
        for (int i = 0; i < 2; i++) {
            String loss = i == 0 ? "crossEntropy" : "crossEntropy:labelSmoothing=0.3";
            Commands.Result result =
                    run(
                            "train --data words.csv --layers 8 --epochs 30 --learning-rate 0.05"
                                    + " --out net.safetensors --loss "
                                    + loss);
            assertEquals(0, result.code(), result.err());
            assertEquals(0, run("predict net.safetensors words.csv out.csv").code());
            List<String> scores = Files.readAllLines(folder.resolve("out.csv"));
            mostCertain[i] =
                    scores.stream()
                            .skip(1)
                            .mapToDouble(row -> Double.parseDouble(row.split(",")[0]))
                            .max()
                            .orElseThrow();
        }
        assertTrue(
                mostCertain[0] > 0.99 && mostCertain[1] < 0.95,
                mostCertain[0] + ", " + mostCertain[1]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--data words.csv --loss meanSquaredError | 1 | is no finite number; words take --loss crossEntropy",
                "--data three.csv --loss binaryCrossEntropy | 1 | has 3 different ones",
                "--data words.csv --label nobody | 1 | no column is named 'nobody'",
                "--data nothing.csv | 1 | nothing.csv: can't be read",
                "--data words.csv --layers 4,4 --activation relu,relu,relu | 2 | --activation has 3",
                "--data words.csv --layers 0 | 2 | '0' is not a whole number from 1 on",
                "--data words.csv --loss hinge | 2 | loss must be crossEntropy",
                "--data words.csv --loss crossEntropy:labelSmoothing=2 | 2 | labelSmoothing must be from 0.0 to 1.0, not 2.0",
                "--data words.csv --optimizer lbfgs --dropout 0.5 | 2 | L-BFGS needs the same loss",
                "--data words.csv --optimizer lbfgs --learning-rate 1 | 2 | aren't for",
                "--data words.csv --min-delta 1 | 2 | --min-delta needs --early-stopping",
                "--data words.csv --validation-split 1 | 2 | share must be between 0 and 1",
                "--data words.csv --html net.safetensors | 2 | must be different files"
            })
    void whatIsWrongIsSaid(String options, int code, String message) {
        Commands.Result result = run("train " + options + " --out net.safetensors");
        assertEquals(code, result.code(), result.err());
        assertTrue(result.err().contains(message), result.err());
        assertTrue(Files.notExists(folder.resolve("net.safetensors")));
    }
}
