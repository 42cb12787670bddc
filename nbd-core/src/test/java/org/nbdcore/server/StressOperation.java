package org.nbdcore.server;

import static org.nbdcore.protocol.Command.BLOCK_STATUS;
import static org.nbdcore.protocol.Command.CACHE;
import static org.nbdcore.protocol.Command.READ;
import static org.nbdcore.protocol.Command.TRIM;
import static org.nbdcore.protocol.Command.WRITE;
import static org.nbdcore.protocol.Command.WRITE_ZEROES;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.Limits;
import org.nbdcore.testkit.RawNbdClient;

/**
 * One request of a stress test to a part of the disk that no other client uses.
 *
 * @param at where in the part
 * @param data what a write brings, else null
 * @param error which the request must bring, 0 for none
 */
record StressOperation(int command, int flags, int at, int length, byte[] data, int error) {

  /** Picks one within {@code room} bytes from {@code at}. */
  static StressOperation pick(Random random, int at, int room, boolean structured, int mayRead) {
    int length = 1 + random.nextInt(random.nextInt(3) == 0 ? room : Math.min(room, 600));
    int from = at + random.nextInt(room - length + 1);
    int choice = random.nextInt(20);
    int fua = random.nextInt(5) == 0 ? CommandFlags.FUA : 0;
    if (choice < 6 && length <= mayRead) {
      int flags = structured && random.nextBoolean() ? CommandFlags.DF : 0;
      return new StressOperation(READ, flags, from, length, null, 0);
    }
    if (choice == 6) {
      return new StressOperation(WRITE_ZEROES, fua, from, length, null, 0);
    }
    if (choice == 7) {
      return new StressOperation(TRIM, fua, from, length, null, 0);
    }
    if (choice == 8) {
      return new StressOperation(CACHE, 0, from, length, null, 0);
    }
    if (choice == 9 && structured) {
      return new StressOperation(BLOCK_STATUS, 0, from, length, null, 0);
    }
    byte[] data = new byte[length];
    random.nextBytes(data);
    if (choice == 10) { // brings data, and is refused
      int flag = CommandFlags.NO_HOLE;
      return new StressOperation(WRITE, flag, from, length, data, ErrorValue.EINVAL);
    }
    if (choice == 11) {
      return new StressOperation(4711, 0, from, length, null, ErrorValue.EINVAL);
    }
    return new StressOperation(WRITE, fua, from, length, data, 0);
  }

  /** How much of the reply is data, if it is a simple one. */
  int simpleData() {
    return command == READ && error == 0 ? length : 0;
  }

  /** Whether the request may change the contents of its range. */
  boolean changes() {
    return error == 0 && (command == WRITE || command == WRITE_ZEROES || command == TRIM);
  }

  /** The request as it is sent; {@code base} is where the part begins. */
  ByteBuffer bytes(long cookie, long base) {
    ByteBuffer header = RawNbdClient.requestHeader(flags, command, cookie, base + at, length);
    if (data == null) {
      return header;
    }
    return ByteBuffer.allocate(Limits.REQUEST_HEADER + length).put(header).put(data).flip();
  }

  /** Changes the shadow of the part as the request changed the disk. */
  void apply(byte[] shadow) {
    if (!changes()) {
      return;
    }
    if (command == WRITE) {
      System.arraycopy(data, 0, shadow, at, length);
    } else {
      Arrays.fill(shadow, at, at + length, (byte) 0);
    }
  }

  /** Compares the data of a reply with the shadow. */
  void check(byte[] found, byte[] shadow) throws IOException {
    if (command == READ && error == 0) {
      int wrong = Arrays.mismatch(found, Arrays.copyOfRange(shadow, at, at + length));
      if (wrong >= 0) {
        throw new IOException(this + " is wrong from byte " + wrong + " on");
      }
    } else if (command == BLOCK_STATUS && error == 0) {
      ByteBuffer extents = ByteBuffer.wrap(found, 4, found.length - 4);
      for (int offset = at; extents.hasRemaining() && offset < at + length; ) {
        int run = extents.getInt();
        boolean zero = (extents.getInt() & 2) != 0;
        int end = Math.min(offset + run, at + length); // others write to what follows
        for (int i = offset; zero && i < end; i++) {
          if (shadow[i] != 0) {
            throw new IOException(this + " calls " + i + " zero, which it is not");
          }
        }
        offset += run;
      }
    }
  }

  @Override
  public String toString() {
    return "command " + command + " flags " + flags + " at " + at + "+" + length;
  }
}
