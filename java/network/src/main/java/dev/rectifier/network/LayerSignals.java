package dev.rectifier.network;

/**
 * The scale of what runs through a layer; it should change little from layer to layer.
 *
 * @param layer the number of the layer, from 0
 * @param activationStddev the standard deviation of the outputs, over all units and examples
 * @param gradientStddev that of the loss's derivatives by the values before the activation
 */
public record LayerSignals(int layer, double activationStddev, double gradientStddev) {}
