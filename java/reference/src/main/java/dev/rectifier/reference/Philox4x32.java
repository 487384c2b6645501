package dev.rectifier.reference;

/**
 * The counter-based generator Philox4x32-10: ten rounds turn a counter of four words and a key of
 * two words into four random words (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
 * easy as 1, 2, 3", SC 2011, section 3.3).
 */
final class Philox4x32 {
    private static final int ROUNDS = 10;
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_2 = 0xCD9E8D57;
    private static final int KEY_STEP_0 = 0x9E3779B9;
    private static final int KEY_STEP_1 = 0xBB67AE85;

    private Philox4x32() {}

    /**
     * The four words for a counter and a key, each given as two numbers of 64 bits, low words
     * first.
     */
    static int[] block(long counterLow, long counterHigh, long key) {
        int c0 = (int) counterLow;
        int c1 = (int) (counterLow >>> 32);
        int c2 = (int) counterHigh;
        int c3 = (int) (counterHigh >>> 32);
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = Integer.toUnsignedLong(MULTIPLIER_0) * Integer.toUnsignedLong(c0);
            long product2 = Integer.toUnsignedLong(MULTIPLIER_2) * Integer.toUnsignedLong(c2);
            c0 = (int) (product2 >>> 32) ^ c1 ^ k0;
            c1 = (int) product2;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c3 = (int) product0;
            k0 += KEY_STEP_0;
            k1 += KEY_STEP_1;
        }
        return new int[] {c0, c1, c2, c3};
    }
}
