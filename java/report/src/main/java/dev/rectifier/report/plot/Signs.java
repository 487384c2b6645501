package dev.rectifier.report.plot;

import java.nio.charset.Charset;

/** The signs that a picture in a terminal is made of. */
public enum Signs {
    /** Letters and punctuation: one dot per letter. */
    ASCII(1, 1, "|++-+.:+", "'"),
    /** Braille patterns and box-drawing characters: eight dots per letter. */
    UNICODE(2, 4, "│┤└─┬┈┊┼", "′");

    private static final int BRAILLE = 0x2800;

    /** The bit of the dot in each row of the left column, then of the right one. */
    private static final int[][] BITS = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};

    /** Dots in the width of a letter. */
    final int dotsAcross;

    /** Dots in the height of a letter. */
    final int dotsDown;

    final char verticalAxis;
    final char verticalTick;
    final char corner;
    final char horizontalAxis;
    final char horizontalTick;
    final char horizontalZero;
    final char verticalZero;
    final char origin;
    private final String prime;

    Signs(int dotsAcross, int dotsDown, String lines, String prime) {
        this.dotsAcross = dotsAcross;
        this.dotsDown = dotsDown;
        verticalAxis = lines.charAt(0);
        verticalTick = lines.charAt(1);
        corner = lines.charAt(2);
        horizontalAxis = lines.charAt(3);
        horizontalTick = lines.charAt(4);
        horizontalZero = lines.charAt(5);
        verticalZero = lines.charAt(6);
        origin = lines.charAt(7);
        this.prime = prime;
    }

    /**
     * The best that a terminal can show.
     *
     * @param charset the terminal's
     */
    public static Signs of(Charset charset) {
        boolean all = charset.canEncode() && charset.newEncoder().canEncode("⣿│┤└─┬┈┊┼′");
        return all ? UNICODE : ASCII;
    }

    /** The title with signs that there are. */
    String title(String title) {
        return title.replace("′", prime);
    }

    /** The bit for a dot of a letter. */
    int bit(int across, int down) {
        return BITS[across][down];
    }

    /** The letter with these dots. */
    char letter(int bits) {
        return this == UNICODE ? (char) (BRAILLE + bits) : '*';
    }
}
