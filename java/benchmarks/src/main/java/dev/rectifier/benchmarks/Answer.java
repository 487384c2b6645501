package dev.rectifier.benchmarks;

/**
 * What a contender's process says.
 *
 * @param version of the library
 * @param verdict on its results, or nothing if it doesn't have the function
 * @param nanos per call
 * @param failure what went wrong, or nothing
 */
record Answer(String version, Verdict verdict, double nanos, String failure) {
    static Answer prepared(String version, Verdict verdict) {
        return new Answer(version, verdict, 0, null);
    }

    static Answer timed(double nanos) {
        return new Answer(null, null, nanos, null);
    }

    static Answer released() {
        return new Answer(null, null, 0, null);
    }

    static Answer failed(String failure) {
        return new Answer(null, null, 0, failure);
    }
}
