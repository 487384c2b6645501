package dev.rectifier.spark;

import org.apache.spark.ml.util.Identifiable$;

/**
 * Carries the uid of a stage past the constructor of its superclass. Spark's traits make their
 * parameters there and ask {@code uid()} whose they are, before a field of a Java class can have a
 * value; so the argument of {@code this(…)} leaves it here for the first call.
 */
final class Uid {
    private static final ThreadLocal<String> PENDING = new ThreadLocal<>();

    private Uid() {}

    /** Leaves {@code uid} for the constructor that is called with the result. */
    static Uid of(String uid) {
        if (uid == null) {
            throw new NullPointerException("uid");
        }
        PENDING.set(uid);
        return new Uid();
    }

    static String random(String prefix) {
        return Identifiable$.MODULE$.randomUID(prefix);
    }

    /** What was left. */
    static String take() {
        String uid = PENDING.get();
        PENDING.remove();
        return uid;
    }
}
