package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every rule that the fake watches, broken by a C program: the fake must say so, and no more. */
class FakeRulesTest {

  /** The calls that break a rule, what the control file says, and each FAIL line to be seen. */
  record Broken(String steps, String control, List<String> failures) {
    static Broken rule(String steps, String... failures) {
      return new Broken(steps, "", List.of(failures));
    }

    /** In the midst of the first call of {@code name}, which logs something and fails. */
    static Broken within(String name, String steps, String... failures) {
      String fail = "fail." + name;
      return new Broken(steps, fail + "=1 " + fail + ".at=1 " + fail + ".log=x", List.of(failures));
    }

    Broken when(String more) {
      return new Broken(steps, more, failures);
    }

    @Override
    public String toString() {
      return steps;
    }
  }

  static final List<Broken> RULES =
      List.of(
          // The order of calls.
          Broken.rule("init init exit", "InitEx called twice"),
          Broken.rule("init exit init exit", "InitEx called again after Exit"),
          Broken.rule("initnull exit", "InitEx with a NULL logger"),
          Broken.rule(
              "connect init disconnect exit",
              "AllocateConnectParams called before InitEx",
              "ConnectEx called before InitEx"),
          Broken.rule(
              "init exit connect",
              "AllocateConnectParams called after Exit",
              "ConnectEx called after Exit"),
          Broken.rule(
              "init connect",
              "the process ended without Exit",
              "leak at process end: 1 of 1 connection never given back",
              "leak at process end: 1 of 1 params never given back"),
          Broken.rule(
              "init connect open forked:read close disconnect exit",
              "Read called in a forked child"),
          // Never two of these at a time.
          Broken.within(
              "Disconnect",
              "init connect during:connect disconnect disconnect exit",
              "ConnectEx called during Disconnect"),
          Broken.within(
              "Close",
              "init connect open during:open close close disconnect exit",
              "Open called during Close"),
          Broken.rule(
              "init connect open during:close open close disconnect exit",
              "Close called during Open"),
          Broken.rule(
              "init connect during:exit open",
              "Exit called during Open",
              "leak at Exit: 1 of 1 connection never given back",
              "leak at Exit: 1 of 1 params never given back"),
          // All of these on one thread, and the first and the last call on one.
          Broken.rule(
              "init connect open thread:close disconnect exit",
              "Close on another thread than ConnectEx"),
          Broken.rule(
              "init connect open close thread:disconnect exit",
              "Disconnect on another thread than ConnectEx"),
          Broken.rule(
              "init connect thread:open close disconnect exit",
              "Open on another thread than ConnectEx"),
          Broken.rule(
              "init connect thread:create disconnect exit",
              "Create on another thread than ConnectEx"),
          Broken.rule(
              "init connect open thread:query close disconnect exit",
              "QueryAllocatedBlocks on another thread than ConnectEx"),
          Broken.rule("init thread:exit", "Exit on another thread than InitEx"),
          // Never two calls at a time on one handle.
          Broken.within(
              "Read",
              "init connect open during:read read close disconnect exit",
              "Read called during Read on handle 1"),
          Broken.within(
              "Write",
              "init connect open during:flush write close disconnect exit",
              "Flush called during Write on handle 1"),
          Broken.within(
              "QueryAllocatedBlocks",
              "init connect open during:readasync query close disconnect exit",
              "ReadAsync called during QueryAllocatedBlocks on handle 1"),
          Broken.within(
              "WriteAsync",
              "init connect open during:info writeasync close disconnect exit",
              "GetInfo called during WriteAsync on handle 1"),
          Broken.within(
              "Wait",
              "init connect open during:read wait close disconnect exit",
              "Read called during Wait on handle 1"),
          Broken.within(
              "GetInfo",
              "init connect open during:write getinfo close disconnect exit",
              "Write called during GetInfo on handle 1"),
          Broken.within(
              "Close",
              "init connect open during:read close disconnect exit",
              "Read called during Close on handle 1"),
          // What must not be closed yet.
          Broken.rule(
                  "init connect open readasync close disconnect exit",
                  "Close with 1 calls in flight on handle 1")
              .when("async=wait"),
          Broken.rule(
              "init connect open disconnect exit",
              "Disconnect with 1 handles open",
              "leak at Exit: 1 of 1 handle never given back"),
          // What must be given back, once.
          Broken.rule(
              "init connect open getinfo getlist gettext exit",
              "leak at Exit: 1 of 1 connection never given back",
              "leak at Exit: 1 of 1 handle never given back",
              "leak at Exit: 1 of 1 info never given back",
              "leak at Exit: 1 of 1 params never given back",
              "leak at Exit: 1 of 1 blocklist never given back",
              "leak at Exit: 1 of 1 errortext never given back"),
          Broken.rule(
              "init connect disconnect disconnect exit",
              "FreeConnectParams got a params that is not live",
              "Disconnect got a connection that is not live"),
          Broken.rule(
              "init connect open close close disconnect exit",
              "Close got a handle that is not live"),
          Broken.rule(
              "init connect open getinfo freeinfo freeinfo close disconnect exit",
              "FreeInfo got a info that is not live"),
          Broken.rule(
              "init connect open getlist freelist freelist close disconnect exit",
              "FreeBlockList got a blocklist that is not live"),
          Broken.rule(
              "init gettext freetext freetext exit",
              "FreeErrorText got a errortext that is not live"),
          // What is given up already must not be used.
          Broken.rule(
              "init connect open close read readasync flush wait info query disconnect exit",
              "Read got a handle that is not live",
              "ReadAsync got a handle that is not live",
              "Flush got a handle that is not live",
              "Wait got a handle that is not live",
              "GetInfo got a handle that is not live",
              "QueryAllocatedBlocks got a handle that is not live"),
          Broken.rule(
              "init connect disconnect open exit", "Open got a connection that is not live"),
          // Connect parameters are the library's.
          Broken.rule(
              "init ownparams disconnect exit",
              "ConnectEx got a params that is not live",
              "ConnectEx: the state field of the connect parameters was overwritten",
              "FreeConnectParams got a params that is not live"),
          Broken.rule(
              "init reserved disconnect exit",
              "ConnectEx: the reserved field of the connect parameters is not zero"),
          // Buffers stay as they are until the call has ended.
          Broken.rule(
                  "init connect open readasync spoil wait close disconnect exit",
                  "the buffer of ReadAsync 1 was changed or freed before its completion")
              .when("async=wait"),
          Broken.rule(
                  "init connect open readasync unmap wait close disconnect exit",
                  "the buffer of ReadAsync 1 was changed or freed before its completion")
              .when("async=wait"),
          Broken.rule(
                  "init connect open writeasync spoil wait close disconnect exit",
                  "the buffer of WriteAsync 1 was changed or freed before its completion")
              .when("async=wait"),
          Broken.rule(
              "init connect open unmap read close disconnect exit",
              "read into memory that is not there: handle=1 start=0 sectors=8"));

  @TempDir static Path shared;
  private static FakeDriver driver;

  @TempDir Path folder;

  @BeforeAll
  static void compileTheDriver() throws IOException {
    driver = FakeDriver.in(shared);
  }

  @ParameterizedTest
  @FieldSource("RULES")
  void aBrokenRuleIsAFailure(Broken broken) throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    for (String setting : broken.control().split(" ")) {
      if (!setting.isEmpty()) {
        fake.set(setting.split("=")[0], setting.split("=")[1]);
      }
    }

    driver.with(folder.resolve("disk.vmdk")).run(fake, broken.steps().split(" "));

    assertThat(fake.failures())
        .extracting(line -> line.substring("FAIL ".length()).replaceFirst(": 0x\\w+$", ""))
        .containsExactlyElementsOf(broken.failures());
  }

  /** A rule that is added to the fake needs an example here. */
  @Test
  void everyRuleOfTheFakeIsBrokenByAnExample() throws Exception {
    List<String> unbroken = new ArrayList<>();
    Pattern said = Pattern.compile("trace_failure\\(\"([^\"]+)\"");
    int rules = 0;
    for (String source : Gcc.librarySources()) {
      Matcher rule = said.matcher(Files.readString(Gcc.SOURCES.resolve(source)));
      while (rule.find()) {
        rules++;
        Pattern line = lineOf(rule.group(1));
        if (RULES.stream()
            .flatMap(broken -> broken.failures().stream())
            .noneMatch(failure -> line.matcher(failure).matches())) {
          unbroken.add(rule.group(1));
        }
      }
    }
    assertThat(unbroken).isEmpty();
    assertThat(rules).isGreaterThan(15);
  }

  /** What a format of C's makes, but for an address. */
  private static Pattern lineOf(String format) {
    StringBuilder regex = new StringBuilder();
    for (String part : format.replace(": %p", "").split("(?<=%s|%d|%u|%llu)|(?=%[sdul])")) {
      regex.append(part.startsWith("%") ? ".+" : Pattern.quote(part));
    }
    return Pattern.compile(regex.toString());
  }
}
