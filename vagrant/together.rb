# Vagrant provisions each machine by itself, one after another or in parallel. But the cluster needs all its members at once. So each machine
# only asks to be provisioned (`together`), and at the end of the command Ansible (`site`) runs once for all machines. If Ansible fails, the
# next `vagrant up` runs it again.
require "fileutils"
require "set"

module Together
  class << self
    attr_accessor :memory_mb # machine => the memory that it needs
    attr_accessor :addresses # machine => the address at which Ansible reaches it
    attr_accessor :boxes # the folder of the boxes that vagrant/build-box makes; nil if the user names another box
    attr_accessor :jars # the programs that the machines run, built on this host
  end

  LOCK = Mutex.new
  PENDING = Set.new # machines whose part of the command isn't finished, or has failed
  WANTED = Queue.new # machines of this command, if the command may provision

  # An error that is shown as its text alone.
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

  # The box's name contains its checksum. So Vagrant treats a new build as another box, and doesn't use the old one.
  def self.own_box(provider, override)
    return unless boxes && box?(provider)

    total = File.read("#{box(provider)}.sha256")[/\h{64}/].to_s
    override.vm.box = "holdfast-#{total[0, 12]}"
    override.vm.box_url = "file://#{box(provider)}"
    override.vm.box_download_checksum_type = "sha256"
    override.vm.box_download_checksum = total
  end

  # This file exists from the moment when a machine asks to be provisioned until all machines are provisioned.
  def self.asked(env)
    env.local_data_path.join("unprovisioned")
  end

  # Makes a link to the SSH key that Vagrant made for the machine. The link's name is the machine's address, because
  # inventory/vagrant.yml lets SSH look for the key there.
  def self.link_key(machine)
    made = machine.data_dir.join("private_key")
    keys = machine.env.local_data_path.join("keys")
    FileUtils.mkdir_p(keys)
    FileUtils.ln_sf(made, keys.join(addresses[machine.name.to_s])) if made.file?
  end

  # Whether the machine `name` is in this state, for example :running or :not_created. `machine` is any machine of the
  # same provider.
  def self.is?(state, name, machine)
    machine.env.machine(name.to_sym, machine.provider_name).state.id == state
  end

  # The machines that the command names, as words or /patterns/. All machines if it names none.
  def self.named
    found = memory_mb.keys.select { |name| ARGV.any? { |word| word == name || (word[%r{\A/(.+)/\z}] && name =~ Regexp.new($1)) } }
    found.empty? ? memory_mb.keys : found
  end

  # The host's memory for machines in MiB: the free memory on Linux, all memory on macOS, nil if it is not known.
  def self.host_memory_mb
    return if Vagrant::Util::Platform.wsl? # WSL shows its own memory, but the machines use the memory of Windows

    if File.exist?("/proc/meminfo")
      File.read("/proc/meminfo")[/^MemAvailable:\s+(\d+)/, 1].to_i / 1024
    elsif Vagrant::Util::Platform.darwin?
      `sysctl -n hw.memsize`.to_i >> 20
    end
  end

  # Why the machines of this command can't be started, or new ones can't be provisioned. nil if all is possible.
  def self.refusal(machine, provisioned)
    starting = named.reject { |name| is?(:running, name, machine) }
    if starting.any? { |name| is?(:not_created, name, machine) }
      if boxes && !box?(machine.provider_name)
        return "There is no box for #{machine.provider_name} yet, or its .sha256 is missing. Build it: sudo vagrant/build-box #{machine.provider_name}   " \
               "or name another box of Debian 13: BOX=NAME vagrant up"
      end
      missing = jars.reject { |path| File.exist?(path) }
      return "#{missing.join(', ')} missing. Build first, with a JDK 25: mvn package -DskipTests" if provisioned && missing.any?
      return "Ansible provisions the machines, and ansible-playbook isn't there. Install it: docs/vagrant.md" if provisioned && !Vagrant::Util::Which.which("ansible-playbook")
    end

    needed = starting.sum { |name| memory_mb[name] }
    there = host_memory_mb || needed
    return if needed <= there

    "#{starting.join(', ')} need #{needed} MB of memory, this host has #{there} MB free. End programs that use memory, or lower machine_memory_mb in inventory/hosts.yml."
  end

  # Runs around each machine's part of a command. Before the first part it checks whether all machines can be started.
  class Part
    def initialize(app, _env)
      @app = app
    end

    def call(env)
      name = env[:machine].name
      provisioned = env.fetch(:provision_enabled, true)
      return if env[:machine_action] != :provision && refused?(env[:machine], provisioned)
      # If the machine is pending already, this is a nested call: Vagrant adds a box in an action within this action.
      return @app.call(env) unless LOCK.synchronize { PENDING.add?(name) }

      WANTED << env[:machine] if provisioned
      @app.call(env)
      Together.link_key(env[:machine])
      LOCK.synchronize { PENDING.delete(name) }
    end

    # The first machine shows the refusal. The others, which may run in parallel, do nothing.
    def refused?(machine, provisioned)
      LOCK.synchronize do
        next @@refusal if defined?(@@refusal)

        @@refusal = Together.refusal(machine, provisioned)
        raise Trouble.new(@@refusal) if @@refusal
      end
    end
  end

  # The provisioner of each machine. Vagrant calls it for a new machine, and for `vagrant provision`.
  class Ask < Vagrant.plugin("2", :provisioner)
    def provision
      FileUtils.touch(Together.asked(@machine.env))
    end
  end

  # Runs at the end of the command.
  class Answer
    def initialize(app, _env)
      @app = app
    end

    def call(env)
      @app.call(env)
      return if WANTED.empty? || PENDING.any? # a pending machine has failed, and Vagrant has shown why

      machine = WANTED.pop
      WANTED.clear
      return unless Together.asked(machine.env).exist?

      down = Together.memory_mb.keys.reject { |name| Together.is?(:running, name, machine) }
      raise Trouble.new("The machines are not provisioned, because Ansible needs all of them, and these don't run: #{down.join(', ')}. `vagrant up` starts them.") if down.any?

      machine.action(:provision, provision_types: [:site])
      Together.asked(machine.env).delete
    end
  end

  # `halt --force` of vagrant-lxc, and of vagrant-libvirt 0.11, begins with an orderly shutdown. Drills need a real power loss.
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
