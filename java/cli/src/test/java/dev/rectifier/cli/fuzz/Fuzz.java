package dev.rectifier.cli.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** What Jazzer calls with input after input; {@code java/cli/fuzz} starts it. */
public final class Fuzz {
    private static Door door;
    private static Path folder;

    private Fuzz() {}

    /**
     * Chooses what is attacked.
     *
     * @param args the door, and a folder to lay inputs in
     */
    public static void fuzzerInitialize(String[] args) {
        door = Door.valueOf(args[0].toUpperCase(Locale.ROOT).replace('-', '_'));
        folder = Path.of(args[1]);
    }

    /** Reads one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        door.read(input, folder);
    }

    /**
     * Copies the seeds of a door.
     *
     * @param args the door, and the folder to copy to; without, the doors are printed
     */
    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            for (Door each : Door.values()) {
                System.out.println(each.kind());
            }
            return;
        }
        fuzzerInitialize(args);
        for (Path seed : door.seeds()) {
            Files.copy(
                    seed, folder.resolve(seed.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
