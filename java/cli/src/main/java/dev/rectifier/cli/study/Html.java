package dev.rectifier.cli.study;

/** Text for a page. */
final class Html {
    private Html() {}

    /** The text as it is, whatever it looks like. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
