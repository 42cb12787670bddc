package org.nbdcore.plugin.javasource;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import javax.tools.SimpleJavaFileObject;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;

/** The source file as the compiler reads it, from memory. */
final class SourceFile extends SimpleJavaFileObject {

  private static byte[] standardInput; // guarded by this class; can be read once

  private final String name;
  private final String text;

  private SourceFile(String name, String text) {
    super(uri(name), Kind.SOURCE);
    this.name = name;
    this.text = text;
  }

  /** Its last part is the file name in stack traces. */
  private static URI uri(String name) {
    try {
      return new URI("source", null, "/" + name, null);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e); // other characters are quoted
    }
  }

  /**
   * Reads a file, or standard input if its name is {@code -}.
   *
   * @throws ConfigException if it cannot be read, or is not UTF-8
   */
  static SourceFile read(String name) throws ConfigException {
    Path path = name.equals("-") ? null : FileNames.absolute(name);
    try {
      byte[] bytes = path == null ? standardInput() : Files.readAllBytes(path);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new SourceFile(path == null ? "stdin" : path.getFileName().toString(), text);
    } catch (NoSuchFileException e) {
      throw new ConfigException("script " + path + ": no such file", e);
    } catch (CharacterCodingException e) {
      throw new ConfigException("script " + name + " is not text in UTF-8", e);
    } catch (IOException e) {
      throw new ConfigException("script " + name + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Reads standard input once. A second plugin of the process, as with --dump-plugin, gets the same
   * text.
   */
  private static synchronized byte[] standardInput() throws IOException {
    if (standardInput == null) {
      standardInput = System.in.readAllBytes();
    }
    return standardInput;
  }

  /** The file's own name, without its folder. */
  String name() {
    return name;
  }

  /** The name of the class that is preferred if several could be the plugin. */
  String mainClass() {
    return name.endsWith(Kind.SOURCE.extension)
        ? name.substring(0, name.length() - Kind.SOURCE.extension.length())
        : name;
  }

  @Override
  public CharSequence getCharContent(boolean ignoreEncodingErrors) {
    return text;
  }

  /** A public class may have any name, as in {@code java FILE}. */
  @Override
  public boolean isNameCompatible(String simpleName, Kind kind) {
    return kind == Kind.SOURCE;
  }
}
