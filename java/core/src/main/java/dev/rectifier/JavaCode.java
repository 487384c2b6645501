package dev.rectifier;

/** Numbers as Java code that makes them, for the values whose text is code. */
final class JavaCode {
    private JavaCode() {}

    static String of(long number) {
        return number == (int) number ? Long.toString(number) : number + "L";
    }

    static String of(double number) {
        return Double.isInfinite(number)
                ? "Double." + (number > 0 ? "POSITIVE" : "NEGATIVE") + "_INFINITY"
                : Double.toString(number);
    }
}
