package org.nbdcore.testkit.vsphere;

import java.util.Random;

/**
 * Random numbers that are the bytes of a fuzzer's input, so that the fuzzer decides what a mutator
 * does. After the input's end, all numbers are the greatest ones, which mutators take as an end.
 */
public final class InputRandom extends Random {

  private static final long serialVersionUID = 1;

  private final byte[] input;
  private int position;

  /** Creates a source of the bytes of an input. */
  public InputRandom(byte[] input) {
    this.input = input.clone();
  }

  @Override
  protected int next(int bits) {
    int value = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      value = value << Byte.SIZE | (position < input.length ? input[position++] & 0xff : 0xff);
    }
    return value >>> Integer.SIZE - bits;
  }

  /** One byte of input is enough for a small number. Never draws twice, as {@link Random} may. */
  @Override
  public int nextInt(int bound) {
    if (bound > 1 << Byte.SIZE) {
      return next(Integer.SIZE - 1) % bound;
    }
    return (position < input.length ? input[position++] & 0xff : bound - 1) % bound;
  }
}
