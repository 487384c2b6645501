package dev.rectifier;

/**
 * Says that a setting of the process, a system property or an environment variable, has a value
 * that means nothing, and what it may be. Whatever needs the setting throws this, each time, before
 * anything is computed. An empty value is none of a system property; an empty environment variable
 * is one that isn't set.
 */
public final class SettingException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /**
     * An exception that names the setting.
     *
     * @param name of the property or variable
     * @param value that it has
     * @param legal what it may be, in words
     */
    public SettingException(String name, String value, String legal) {
        super(name + (value.isBlank() ? " is empty" : "=" + value) + ", but must be " + legal);
    }
}
