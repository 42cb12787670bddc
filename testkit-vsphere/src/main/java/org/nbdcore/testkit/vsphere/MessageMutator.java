package org.nbdcore.testkit.vsphere;

import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Damages messages at random, always in the same way for one seed: single bits, bytes and words,
 * the end, and the order. Use it to fuzz a client with the replies of a fake server.
 */
public final class MessageMutator implements UnaryOperator<byte[]> {

  /** Values that often expose errors in lengths, counts and offsets. */
  private static final int[] ODD = {
    0, 1, -1, 2, 43, 44, 45, 512, 1 << 16, (1 << 16) + 1, 2 << 20, 1 << 30, 0x7fffffff, 0x80000000
  };

  /**
   * Only so many bytes are changed: the rest of a longer message is mostly disk data, for which
   * every value is valid.
   */
  private static final int HEAD = 80;

  private final Random random;
  private final int oneIn;

  /**
   * Creates a mutator.
   *
   * @param oneIn damages one message in this many, on average
   */
  public MessageMutator(long seed, int oneIn) {
    this(new Random(seed), oneIn);
  }

  /**
   * Creates a mutator that takes its decisions from a source of numbers.
   *
   * @param oneIn damages one message in this many, on average
   */
  public MessageMutator(Random random, int oneIn) {
    this.random = random;
    this.oneIn = oneIn;
  }

  @Override
  public synchronized byte[] apply(byte[] message) {
    byte[] result = message;
    for (int chance = oneIn; result.length > 0 && random.nextInt(chance) == 0; chance = 2) {
      result = damage(result.clone());
    }
    return result;
  }

  private byte[] damage(byte[] bytes) {
    int head = random.nextInt(8) == 0 ? bytes.length : Math.min(bytes.length, HEAD);
    int at = random.nextInt(head);
    switch (random.nextInt(8)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2, 3, 4 -> word(bytes, at & ~3);
      case 5 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 6 -> {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + head);
        System.arraycopy(bytes, 0, longer, bytes.length, head);
        return longer;
      }
      default -> {
        int from = random.nextInt(head);
        int n = Math.min(random.nextInt(16) + 1, bytes.length - Math.max(at, from));
        System.arraycopy(bytes, from, bytes, at, n);
      }
    }
    return bytes;
  }

  private void word(byte[] bytes, int at) {
    int value = ODD[random.nextInt(ODD.length)];
    for (int i = at; i < Math.min(at + Integer.BYTES, bytes.length); i++) {
      bytes[i] = (byte) value;
      value >>>= Byte.SIZE;
    }
  }
}
