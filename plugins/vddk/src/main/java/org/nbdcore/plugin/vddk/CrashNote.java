package org.nbdcore.plugin.vddk;

import static org.nbdcore.plugin.vddk.MachineCode.bytes;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.system.LibraryCalls;

/**
 * The message on standard error if VDDK crashes the process: VDDK's version and the calls in
 * progress.
 *
 * <p>The signal is SIGABRT, of {@code abort()}. The JVM also ends with it after a segmentation
 * fault in a library. Java cannot run in a signal handler, and the memory allocator may be damaged.
 * So the handler consists of a few x86-64 instructions (VDDK exists for no other processor), which
 * write the lines of a table whose count is not 0. The cost of a call is one increment.
 *
 * <p>There is no alternative. The JVM runs {@code -XX:OnError} and writes its error file for
 * signals of the processor, but not for a library's {@code abort()}. A callback of JNA or of
 * java.lang.foreign enters Java, which is not async-signal-safe. A second process that survives the
 * crash would be needed for each server.
 */
final class CrashNote {

  private static final int SIGABRT = 6;
  private static final int SA_ONSTACK = 0x08000000;
  private static final int SA_RESETHAND = 0x80000000;
  private static final int SIGACTION_SIZE = 152;
  private static final int SIGACTION_FLAGS = 136;

  /** A line: u32 count, u32 length, char *text. */
  private static final int LINE_SIZE = 16;

  private static final VarHandle COUNT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VddkFunction[] FUNCTIONS = VddkFunction.values();

  private final List<Memory> texts = new ArrayList<>(); // keeps the table's texts reachable
  private final Memory table = new Memory((long) LINE_SIZE * (FUNCTIONS.length + 2));
  private final ByteBuffer counts = table.getByteBuffer(0, table.size());

  CrashNote() {
    table.clear();
    for (VddkFunction function : FUNCTIONS) {
      line(function.ordinal() + 1, " " + function.symbol());
    }
    line(FUNCTIONS.length + 1, "\n");
    table.setInt((long) LINE_SIZE * (FUNCTIONS.length + 1), 1);
  }

  /** Sets the first lines of the message. Call it again when the version is known. */
  synchronized void describe(String program, String library) {
    line(
        0,
        "\n"
            + program
            + ": error: vddk: the process crashes, with "
            + library
            + " loaded; calls of VDDK in progress:");
    table.setInt(0, 1);
  }

  private void line(int index, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Memory memory = new Memory(bytes.length);
    memory.write(0, bytes, 0, bytes.length);
    texts.add(memory);
    table.setPointer((long) LINE_SIZE * index + 8, memory);
    table.setInt((long) LINE_SIZE * index + 4, bytes.length);
  }

  /** Records the start of a call of that function. */
  void begin(VddkFunction function) {
    COUNT.getAndAdd(counts, LINE_SIZE * (function.ordinal() + 1), 1);
  }

  /** Records the end of a call of that function. */
  void end(VddkFunction function) {
    COUNT.getAndAdd(counts, LINE_SIZE * (function.ordinal() + 1), -1);
  }

  /** The calls in progress, for a line of the log. */
  String inProgress() {
    List<String> names = new ArrayList<>();
    for (VddkFunction function : FUNCTIONS) {
      if ((int) COUNT.getVolatile(counts, LINE_SIZE * (function.ordinal() + 1)) > 0) {
        names.add(function.symbol());
      }
    }
    return "calls in progress: " + (names.isEmpty() ? "none" : String.join(", ", names));
  }

  /**
   * Installs the signal handler permanently.
   *
   * @return false if the system does not allow it; then a crash prints only VDDK's own messages
   */
  boolean install() {
    Pointer code = MachineCode.load(handler());
    if (code == null) {
      return false;
    }
    try (Memory action = new Memory(SIGACTION_SIZE)) {
      action.clear();
      action.setPointer(0, code);
      action.setInt(SIGACTION_FLAGS, SA_ONSTACK | SA_RESETHAND);
      return LibraryCalls.sigaction(SIGABRT, action, null) == 0;
    }
  }

  private byte[] handler() {
    return ByteBuffer.allocate(64)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0x53) // push rbx
        .put(bytes(0x41, 0x54)) // push r12
        .put(bytes(0x48, 0xbb)) // mov rbx, table
        .putLong(Pointer.nativeValue(table))
        .put(bytes(0x41, 0xbc)) // mov r12d, lines
        .putInt(FUNCTIONS.length + 2)
        .put(bytes(0x83, 0x3b, 0x00)) // next: cmp dword [rbx], 0
        .put(bytes(0x74, 0x13)) // je skip
        .put(bytes(0xb8)) // mov eax, write
        .putInt(1)
        .put(bytes(0xbf)) // mov edi, standard error
        .putInt(2)
        .put(bytes(0x48, 0x8b, 0x73, 0x08)) // mov rsi, [rbx+8]
        .put(bytes(0x8b, 0x53, 0x04)) // mov edx, [rbx+4]
        .put(bytes(0x0f, 0x05)) // syscall
        .put(bytes(0x48, 0x83, 0xc3, LINE_SIZE)) // skip: add rbx, 16
        .put(bytes(0x41, 0xff, 0xcc)) // dec r12d
        .put(bytes(0x75, 0xdf)) // jnz next
        .put(bytes(0x41, 0x5c)) // pop r12
        .put((byte) 0x5b) // pop rbx
        .put((byte) 0xc3) // ret
        .array();
  }
}
