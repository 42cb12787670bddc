package org.nbdcore.plugin.vddk;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Secret;

/**
 * C strings that exist until this object is closed. Closing overwrites them, because some are
 * passwords.
 */
final class NativeStrings implements AutoCloseable {

  private final List<Memory> all = new ArrayList<>();

  /** Adds a copy in UTF-8, with a NUL at the end. */
  Pointer add(String text) {
    return add(FileNames.encode(text));
  }

  /** Adds a copy of a password, with a NUL at the end. */
  Pointer add(Secret secret) {
    return add(secret.bytes());
  }

  private Pointer add(byte[] bytes) {
    Memory memory = new Memory(bytes.length + 1L);
    memory.write(0, bytes, 0, bytes.length);
    memory.setByte(bytes.length, (byte) 0);
    Arrays.fill(bytes, (byte) 0);
    all.add(memory);
    return memory;
  }

  /** Adds a string. Returns a null pointer if there is none. */
  Pointer add(Optional<String> text) {
    return text.isPresent() ? add(text.get()) : null;
  }

  @Override
  public void close() {
    for (Memory memory : all) {
      memory.clear();
      memory.close();
    }
    all.clear();
  }
}
