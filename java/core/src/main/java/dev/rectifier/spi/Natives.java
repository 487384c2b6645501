package dev.rectifier.spi;

/**
 * What each module with a platform's native library provides. Nothing ever asks for a provider; but
 * since {@code dev.rectifier} uses this service, Java resolves such a module wherever it observes
 * one, without {@code --add-modules}.
 */
public interface Natives {}
