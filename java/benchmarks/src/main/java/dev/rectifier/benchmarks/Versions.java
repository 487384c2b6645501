package dev.rectifier.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions of the peers, as the build has them. */
public final class Versions {
    private Versions() {}

    /** That of the peer of this name. */
    public static String of(String peer) {
        try (InputStream in = Versions.class.getResourceAsStream("versions.properties")) {
            Properties versions = new Properties();
            versions.load(in);
            return versions.getProperty(peer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
