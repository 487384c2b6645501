package dev.rectifier.spark;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** Sessions for tests; a JVM has one context at a time. */
final class Sessions {
    private Sessions() {}

    /** A session on threads of this JVM. */
    static SparkSession local(int threads) {
        return builder("local[" + threads + "]").getOrCreate();
    }

    static SparkSession.Builder builder(String master) {
        return SparkSession.builder()
                .master(master)
                .appName("rectifier")
                .config("spark.ui.enabled", false)
                .config("spark.sql.shuffle.partitions", 3)
                // Snappy takes a machine on which musl is installed for one of musl.
                .config("spark.sql.parquet.compression.codec", "gzip")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config(
                        "spark.sql.warehouse.dir",
                        Path.of("target", "warehouse").toUri().toString());
    }
}
