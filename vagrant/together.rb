# Vagrant brings up one machine after another, or all side by side, and provisions each by itself; the cluster needs its members together.
# So a machine only asks to be provisioned (`together`), and at the command's end Ansible (`site`) runs once, over all. What was asked and
# could not be done is done by the next `vagrant up`.
require "fileutils"
require "set"

module Together
  class << self
    attr_accessor :memory_mb # machine => what it needs
    attr_accessor :addresses # machine => where Ansible reaches it
    attr_accessor :boxes # where the boxes built here are; nil for a box of the user's own
    attr_accessor :jars # what the machines run, built on this host
  end

  LOCK = Mutex.new
  PENDING = Set.new # machines whose part of the command isn't done, or failed
  WANTED = Queue.new # machines of a command that may provision

  # An error whose text is all there is to it.
  class Trouble < Vagrant::Errors::VagrantError
    def initialize(text)
      @text = text
      super()
    end

    def error_message
      @text
    end
  end

  def self.box(provider)
    File.join(boxes, "#{provider}.box")
  end

  def self.box?(provider)
    File.exist?(box(provider)) && File.exist?("#{box(provider)}.sha256")
  end

  # Named by its content: a box that is built anew is another box to Vagrant.
  def self.own_box(provider, override)
    return unless boxes && box?(provider)

    total = File.read("#{box(provider)}.sha256")[/\h{64}/].to_s
    override.vm.box = "holdfast-#{total[0, 12]}"
    override.vm.box_url = "file://#{box(provider)}"
    override.vm.box_download_checksum_type = "sha256"
    override.vm.box_download_checksum = total
  end

  # There from the moment a machine asks to be provisioned until all are.
  def self.asked(env)
    env.local_data_path.join("unprovisioned")
  end

  # The key that Vagrant made, where SSH finds it by the machine's address: inventory/vagrant.yml.
  def self.link_key(machine)
    made = machine.data_dir.join("private_key")
    keys = machine.env.local_data_path.join("keys")
    FileUtils.mkdir_p(keys)
    FileUtils.ln_sf(made, keys.join(addresses[machine.name.to_s])) if made.file?
  end

  # Whether a machine of the same provider is so: :running, :not_created.
  def self.is?(state, name, machine)
    machine.env.machine(name.to_sym, machine.provider_name).state.id == state
  end

  # The machines that the command names, as words or /patterns/; all, if it names none.
  def self.named
    found = memory_mb.keys.select { |name| ARGV.any? { |word| word == name || (word[%r{\A/(.+)/\z}] && name =~ Regexp.new($1)) } }
    found.empty? ? memory_mb.keys : found
  end

  # What the host has for machines: free on Linux, in all on macOS; nil where nothing tells.
  def self.host_memory_mb
    return if Vagrant::Util::Platform.wsl? # its own memory isn't that of Windows, where the machines are

    if File.exist?("/proc/meminfo")
      File.read("/proc/meminfo")[/^MemAvailable:\s+(\d+)/, 1].to_i / 1024
    elsif Vagrant::Util::Platform.darwin?
      `sysctl -n hw.memsize`.to_i >> 20
    end
  end

  # Why the machines of this command can't be started, or what is new not be provisioned; nil if they can.
  def self.refusal(machine, provisioned)
    starting = named.reject { |name| is?(:running, name, machine) }
    if starting.any? { |name| is?(:not_created, name, machine) }
      if boxes && !box?(machine.provider_name)
        return "There is no box for #{machine.provider_name} yet, or not its .sha256. Build it: sudo vagrant/build-box #{machine.provider_name}   " \
               "or name one of Debian 13: BOX=NAME vagrant up"
      end
      missing = jars.reject { |path| File.exist?(path) }
      return "#{missing.join(', ')} missing. Build first, with a JDK 25: mvn package -DskipTests" if provisioned && missing.any?
      return "Ansible provisions the machines, and ansible-playbook isn't there. Install it: docs/vagrant.md" if provisioned && !Vagrant::Util::Which.which("ansible-playbook")
    end

    needed = starting.sum { |name| memory_mb[name] }
    there = host_memory_mb || needed
    return if needed <= there

    "#{starting.join(', ')} need #{needed} MB of memory, this host has #{there} MB free. End what uses it, or lower machine_memory_mb in inventory/hosts.yml."
  end

  # Around each machine's part of a command: looks, before the first, whether all can be started.
  class Part
    def initialize(app, _env)
      @app = app
    end

    def call(env)
      name = env[:machine].name
      provisioned = env.fetch(:provision_enabled, true)
      return if env[:machine_action] != :provision && refused?(env[:machine], provisioned)
      return @app.call(env) unless LOCK.synchronize { PENDING.add?(name) } # adding a box is an action within the action

      WANTED << env[:machine] if provisioned
      @app.call(env)
      Together.link_key(env[:machine])
      LOCK.synchronize { PENDING.delete(name) }
    end

    # Told once; machines beside the first do nothing.
    def refused?(machine, provisioned)
      LOCK.synchronize do
        next @@refusal if defined?(@@refusal)

        @@refusal = Together.refusal(machine, provisioned)
        raise Trouble.new(@@refusal) if @@refusal
      end
    end
  end

  # A machine that is new, or `vagrant provision`.
  class Ask < Vagrant.plugin("2", :provisioner)
    def provision
      FileUtils.touch(Together.asked(@machine.env))
    end
  end

  # The command's end.
  class Answer
    def initialize(app, _env)
      @app = app
    end

    def call(env)
      @app.call(env)
      return if WANTED.empty? || PENDING.any? # what failed, Vagrant has said

      machine = WANTED.pop
      WANTED.clear
      return unless Together.asked(machine.env).exist?

      down = Together.memory_mb.keys.reject { |name| Together.is?(:running, name, machine) }
      raise Trouble.new("Not provisioned, since Ansible needs all machines: #{down.join(', ')} not running. `vagrant up` starts them.") if down.any?

      machine.action(:provision, provision_types: [:site])
      Together.asked(machine.env).delete
    end
  end

  # `halt --force` of vagrant-lxc, and of vagrant-libvirt 0.11, begins with an orderly shutdown; a power-off must not.
  class PullPlug
    def initialize(app, _env)
      @app = app
    end

    def call(env)
      machine = env[:machine]
      pull(machine) if env[:force_halt] && machine.state.id == :running
      @app.call(env)
    end

    def pull(machine)
      case machine.provider_name
      when :lxc
        Vagrant::LXC::SudoWrapper.new(privileged: machine.provider_config.privileged).run("lxc-stop", "--kill", "--name", machine.id)
      when :libvirt
        machine.provider.driver.connection.servers.get(machine.id.to_s).poweroff
      end
    end
  end

  class Plugin < Vagrant.plugin("2")
    name "together"
    provisioner("together") { Ask }
    %i[up reload provision].each { |action| action_hook("together", :"machine_action_#{action}") { |hook| hook.prepend(Part) } }
    action_hook("together", :machine_action_halt) { |hook| hook.prepend(PullPlug) }
    action_hook("together", :environment_unload) { |hook| hook.append(Answer) }
  end
end
