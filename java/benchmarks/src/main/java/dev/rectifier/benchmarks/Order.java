package dev.rectifier.benchmarks;

/**
 * What a contender's process is told to do.
 *
 * @param task what to make ready
 * @param warmupMillis how long calls go on before they are timed
 * @param millis how long they are timed
 */
record Order(Verb verb, Task task, long warmupMillis, long millis) {
    enum Verb {
        PREPARE,
        TIME,
        RELEASE
    }

    static Order prepare(Task task) {
        return new Order(Verb.PREPARE, task, 0, 0);
    }

    static Order time(long warmupMillis, long millis) {
        return new Order(Verb.TIME, null, warmupMillis, millis);
    }

    /** Free the memory of what was prepared. */
    static Order release() {
        return new Order(Verb.RELEASE, null, 0, 0);
    }
}
