package org.nbdcore.plugin.vddk;

import static org.nbdcore.plugin.vddk.MachineCode.addressOf;
import static org.nbdcore.plugin.vddk.MachineCode.bytes;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The callback that VDDK calls instead of Java: machine code that checks the free stack of the
 * thread. A thread with enough stack enters Java. The JVM cannot attach a thread with less, and its
 * message would be lost. Such a thread writes a record into a pipe instead, which {@link
 * SmallStacks} reads.
 *
 * <p>This must be machine code, because no code of the JVM or JNA can run before the thread is
 * attached, and a small stack does not allow that.
 *
 * <p>A record is a u32 kind, a u32 length and the bytes. It is written with one {@code write} of
 * less than PIPE_BUF, so that records never mix. Each thread is measured once. Afterwards, the
 * pthread key {@code key} contains {@link #ROOMY} or {@link #TIGHT}.
 */
final class StackGate {

  /** Stack that a thread needs to attach to the JVM and to log, with a reserve. */
  static final int NEEDED = 512 << 10;

  /** The kind of a record that completes a call: u64 data and u64 result. */
  static final int COMPLETION = 0;

  /** Maximum length of the text of a log line in a record, including its NUL. */
  static final int LONGEST_LINE = 2048;

  private static final int ROOMY = 1;
  private static final int TIGHT = 2;
  private static final int LARGEST_CODE = 512;

  private final int key;
  private final int pipe;

  /**
   * @param key created by pthread_key_create
   * @param pipe the descriptor to write records to
   */
  StackGate(int key, int pipe) {
    this.key = key;
    this.pipe = pipe;
  }

  /**
   * The gate before a completion callback.
   *
   * @param java the address to enter Java by
   * @return null if the system does not allow it
   */
  Pointer completion(long java) {
    ByteBuffer code = measuring(java);
    code.put(bytes(0x48, 0x83, 0xec, 0x18)) // sub rsp, 24
        .put(bytes(0xc7, 0x04, 0x24)) // mov dword [rsp], kind
        .putInt(COMPLETION)
        .put(bytes(0xc7, 0x44, 0x24, 0x04)) // mov dword [rsp+4], length
        .putInt(16)
        .put(bytes(0x48, 0x89, 0x7c, 0x24, 0x08)) // mov [rsp+8], rdi: data
        .put(bytes(0x48, 0x89, 0x74, 0x24, 0x10)) // mov [rsp+16], rsi: result
        .put(bytes(0x41, 0xb8)) // mov r8d, 24
        .putInt(24);
    write(code);
    code.put(bytes(0x48, 0x83, 0xc4, 0x18)) // add rsp, 24
        .put((byte) 0xc3); // ret
    return load(code);
  }

  /**
   * The gate before a log callback.
   *
   * @param java the address to enter Java by
   * @param kind of its records; not {@link #COMPLETION}
   * @return null if the system does not allow it
   */
  Pointer line(long java, int kind) {
    ByteBuffer code = measuring(java);
    int frame = LONGEST_LINE + 8;
    code.put(bytes(0x48, 0x81, 0xec)) // sub rsp, frame
        .putInt(frame)
        .put(bytes(0x48, 0x89, 0xfa)) // mov rdx, rdi: format
        .put(bytes(0x48, 0x89, 0xf1)) // mov rcx, rsi: va_list
        .put(bytes(0x48, 0x8d, 0x7c, 0x24, 0x08)) // lea rdi, [rsp+8]
        .put((byte) 0xbe) // mov esi, size
        .putInt(LONGEST_LINE);
    call(code, "vsnprintf");
    code.put(bytes(0x85, 0xc0)) // test eax, eax
        .put(bytes(0x79, 0x02)) // jns formatted
        .put(bytes(0x31, 0xc0)) // xor eax, eax
        .put((byte) 0x3d) // formatted: cmp eax, longest
        .putInt(LONGEST_LINE - 1)
        .put(bytes(0x76, 0x05)) // jbe whole
        .put((byte) 0xb8) // mov eax, longest
        .putInt(LONGEST_LINE - 1)
        .put(bytes(0xc7, 0x04, 0x24)) // whole: mov dword [rsp], kind
        .putInt(kind)
        .put(bytes(0x89, 0x44, 0x24, 0x04)) // mov [rsp+4], eax: length
        .put(bytes(0x44, 0x8d, 0x40, 0x08)); // lea r8d, [rax+8]
    write(code);
    code.put(bytes(0x48, 0x81, 0xc4)) // add rsp, frame
        .putInt(frame)
        .put((byte) 0xc3); // ret
    return load(code);
  }

  /** Writes r8d bytes from rsp on; again if a signal came. */
  private void write(ByteBuffer code) {
    code.put((byte) 0xbf) // again: mov edi, pipe
        .putInt(pipe)
        .put(bytes(0x48, 0x89, 0xe6)) // mov rsi, rsp
        .put(bytes(0x44, 0x89, 0xc2)) // mov edx, r8d
        .put((byte) 0xb8) // mov eax, write
        .putInt(1)
        .put(bytes(0x0f, 0x05)) // syscall
        .put(bytes(0x48, 0x83, 0xf8, 0xfc)) // cmp rax, -EINTR
        .put(bytes(0x74, 0xe8)); // je again
  }

  /**
   * Jumps to Java if there is enough stack, with unchanged rdi and rsi. The code after it is for
   * the other threads.
   */
  private ByteBuffer measuring(long java) {
    ByteBuffer code = ByteBuffer.allocate(LARGEST_CODE).order(ByteOrder.LITTLE_ENDIAN);
    code.put((byte) 0x57) // push rdi
        .put((byte) 0x56) // push rsi
        .put(bytes(0x48, 0x83, 0xec, 0x08)) // sub rsp, 8
        .put((byte) 0xbf) // mov edi, key
        .putInt(key);
    call(code, "pthread_getspecific");
    code.put(bytes(0x85, 0xc0)) // test eax, eax
        .put(bytes(0x0f, 0x85)) // jnz known
        .putInt(0x8d)
        .put(bytes(0x48, 0x83, 0xec, 0x50)); // sub rsp, 80: address, size, pthread_attr_t
    call(code, "pthread_self");
    code.put(bytes(0x48, 0x89, 0xc7)) // mov rdi, rax
        .put(bytes(0x48, 0x8d, 0x74, 0x24, 0x10)); // lea rsi, [rsp+16]
    call(code, "pthread_getattr_np");
    code.put((byte) 0xbe) // mov esi, tight
        .putInt(TIGHT)
        .put(bytes(0x85, 0xc0)) // test eax, eax
        .put(bytes(0x75, 0x43)) // jnz report
        .put(bytes(0x48, 0x8d, 0x7c, 0x24, 0x10)) // lea rdi, [rsp+16]
        .put(bytes(0x48, 0x89, 0xe6)) // mov rsi, rsp
        .put(bytes(0x48, 0x8d, 0x54, 0x24, 0x08)); // lea rdx, [rsp+8]
    call(code, "pthread_attr_getstack");
    code.put(bytes(0x48, 0x8d, 0x7c, 0x24, 0x10)); // lea rdi, [rsp+16]
    call(code, "pthread_attr_destroy");
    code.put(bytes(0x48, 0x89, 0xe0)) // mov rax, rsp
        .put(bytes(0x48, 0x2b, 0x04, 0x24)) // sub rax, [rsp]: what is left
        .put((byte) 0xbe) // mov esi, roomy
        .putInt(ROOMY)
        .put(bytes(0x48, 0x3d)) // cmp rax, needed
        .putInt(NEEDED)
        .put(bytes(0x73, 0x05)) // jae report
        .put((byte) 0xbe) // mov esi, tight
        .putInt(TIGHT)
        .put(bytes(0x48, 0x89, 0x34, 0x24)) // report: mov [rsp], rsi
        .put((byte) 0xbf) // mov edi, key
        .putInt(key);
    call(code, "pthread_setspecific");
    return code.put(bytes(0x48, 0x8b, 0x04, 0x24)) // mov rax, [rsp]
        .put(bytes(0x48, 0x83, 0xc4, 0x50)) // add rsp, 80
        .put(bytes(0x48, 0x83, 0xc4, 0x08)) // known: add rsp, 8
        .put((byte) 0x5e) // pop rsi
        .put((byte) 0x5f) // pop rdi
        .put(bytes(0x83, 0xf8, ROOMY)) // cmp eax, roomy
        .put(bytes(0x75, 0x0c)) // jne small
        .put(bytes(0x48, 0xb8)) // mov rax, java
        .putLong(java)
        .put(bytes(0xff, 0xe0)); // jmp rax; what follows is small:
  }

  private static void call(ByteBuffer code, String function) {
    code.put(bytes(0x48, 0xb8)) // mov rax, function
        .putLong(addressOf(function))
        .put(bytes(0xff, 0xd0)); // call rax
  }

  private static Pointer load(ByteBuffer code) {
    byte[] instructions = new byte[code.position()];
    code.flip().get(instructions);
    return MachineCode.load(instructions);
  }
}
