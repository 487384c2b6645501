package dev.rectifier.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Text for a page. */
public final class Html {
    private Html() {}

    /** The text as it is, whatever it looks like. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** The items of a list, one for each sentence. */
    public static String items(List<String> sentences) {
        return sentences.stream()
                .map(sentence -> "<li>" + escape(sentence) + "</li>\n")
                .collect(Collectors.joining());
    }

    /** The entries of a description list. */
    public static String facts(Map<String, String> facts) {
        StringBuilder html = new StringBuilder();
        facts.forEach(
                (name, fact) ->
                        html.append("<dt>" + escape(name) + "</dt>")
                                .append("<dd>" + escape(fact) + "</dd>\n"));
        return html.toString();
    }
}
