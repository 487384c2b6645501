package dev.rectifier.binding;

import dev.rectifier.SettingException;
import java.util.Optional;

/**
 * How calls reach the kernels.
 *
 * @param isForeign whether brief calls go by the foreign-function interface, and not by JNI
 * @param isForced whether they do from the first on, and not when it pays to link a function
 * @param reason why, in words
 */
record Door(boolean isForeign, boolean isForced, String reason) {
    private static final String SETTING = "rectifier.door";

    /** The first Java in which the interface is final. */
    static final int FOREIGN = 22;

    /**
     * What the system property says, or else what is to be had. The library is loaded already:
     * where Java only warns of that, it allows native access from then on.
     *
     * @throws SettingException if the property means nothing, or what can't be had
     */
    static Door choose() {
        String given = System.getProperty(SETTING);
        if (given == null) {
            Optional<String> obstacle = obstacle();
            return new Door(
                    obstacle.isEmpty(),
                    false,
                    obstacle.orElse("linked as functions come into use"));
        }
        if (given.strip().equalsIgnoreCase("jni")) {
            return new Door(false, false, SETTING + "=" + given);
        }
        if (!given.strip().equalsIgnoreCase("foreign")) {
            throw new SettingException(SETTING, given, "jni or foreign");
        }
        Optional<String> obstacle = obstacle();
        if (obstacle.isPresent()) {
            throw new SettingException(SETTING, given, "jni here: " + obstacle.get());
        }
        return new Door(true, true, SETTING + "=" + given);
    }

    private static Optional<String> obstacle() {
        int version = Runtime.version().feature();
        if (version < FOREIGN) {
            return Optional.of("Java " + version + " is older than " + FOREIGN);
        }
        return NativeLibrary.isNativeAccessEnabled(Door.class.getModule())
                ? Optional.empty()
                : Optional.of("native access isn't enabled");
    }
}
