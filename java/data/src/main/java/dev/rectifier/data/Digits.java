package dev.rectifier.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The embedded data set: 1,797 handwritten digits of 8 × 8 pixels with 17 grey levels.
 *
 * <p>Source: E. Alpaydin and C. Kaynak (1998), "Optical Recognition of Handwritten Digits", UCI
 * Machine Learning Repository, doi:10.24432/C50P49, licensed under CC BY 4.0; see digits-NOTICE.txt
 * beside the data.
 */
public final class Digits {
    private static final String RESOURCE = "digits.csv.gz";

    private Digits() {}

    /** Reads the digits, scaled to 0..1. */
    public static LabelledData load() {
        try (InputStream raw = Digits.class.getResourceAsStream(RESOURCE)) {
            if (raw == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the program");
            }
            Input in = Input.of(RESOURCE, raw);
            return CsvReader.read(in, "digits", DataOptions.DEFAULT, note -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " can't be read", e);
        }
    }
}
