<?php

/**
 * leadkeep's endpoint for plain PHP hosting: one file to upload, and leadkeep-settings.php outside the web root.
 *
 * Browsers post what a shopper typed; this merges it into the cart's lead in the database, calls 2Checkout's addLead once
 * for a cart and updateLead with the whole lead from then on. It answers at .../lead, .../lead/complete, .../lead/withdraw,
 * .../ipn and .../orders, behind its own name (/leadkeep.php/lead) or behind a rewrite (/api/lead). From the command line
 * it delivers what is pending: that is the cron line. README.md says what it does not do.
 */

declare(strict_types=1);

namespace Leadkeep;

const DETAILS = ['FirstName', 'LastName', 'Phone', 'Company', 'FiscalCode', 'Email', 'Address1', 'Address2', 'City', 'Zip',
    'CountryCode', 'State'];
const SHIPPING = 'DeliveryInformation.ShippingMethod.Code';
const PLAIN = ['Items', 'Currency', 'Language', 'ExternalReference', 'Source', 'CustomerReference', 'MachineId', 'LocalTime',
    SHIPPING, 'Promotions'];
/** What an item may hold, from 2Checkout's page "Add leads": t text, n number, w whole number, q quantity, b yes or no. */
const ITEM = [
    'Code' => 't', 'Quantity' => 'q', 'SKU' => 't', 'Name' => 't', 'Description' => 't', 'IsDynamic' => 'b', 'Tangible' => 'b',
    'PurchaseType' => 't', 'SubscriptionStartDate' => 't', 'Price' => ['Amount' => 'n', 'Type' => 't'],
    'PriceOptions' => [['Name' => 't', 'Required' => 'b', 'Options' => [['Name' => 't', 'Value' => 't', 'Surcharge' => 'n']]]],
    'RecurringOptions' => ['CycleLength' => 'w', 'CycleUnit' => 't', 'CycleAmount' => 'n', 'ContractLength' => 'w',
        'ContractUnit' => 't'],
    'MarketingCampaigns' => ['Type' => 'w', 'ParentCode' => 't', 'CampaignCode' => 'w'],
    'AdditionalFields' => [['Code' => 't', 'Text' => 't', 'Value' => 't']],
];
const JSON = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR;
const BODY_BYTES = 65_536;
const NOTIFICATION_BYTES = 262_144;
const DAY_MS = 86_400_000;

/** Why a request is refused: a status, a code and what was expected, never what was sent. */
final class Problem extends \Exception
{
    /** @param array<string, string> $headers */
    public function __construct(
        public readonly int $status,
        public readonly string $id,
        string $expected,
        public readonly array $headers = [],
        public readonly ?string $reason = null
    ) {
        parent::__construct($expected);
    }
}

/** Why a call to 2Checkout brought nothing. $kind: away (it may work later), rejected, unknown (lead), session. */
final class Upstream extends \Exception
{
    public function __construct(public readonly string $kind, public readonly bool $maybeDone = false, public readonly int $waitMs = 0)
    {
        parent::__construct($kind);
    }
}

/** What leadkeep-settings.php returns. */
final class Settings
{
    private const DEFAULTS = ['merchant_code' => '', 'secret_key' => '', 'store' => '', 'store_user' => '', 'store_password' => '',
        'allowed_origins' => [], 'currency' => '', 'shop_token' => '', 'api_url' => 'https://api.2checkout.com',
        'algorithm' => 'sha256', 'call_timeout_ms' => 8_000, 'client_ip_header' => '', 'rate_per_minute' => 120, 'rate_burst' => 60,
        'new_carts_in_10_minutes' => 10, 'leads_of_an_address_a_day' => 3, 'ipn_md5' => false, 'ipn_test_orders' => false,
        'retention_days' => 90];

    /** @param array<string, mixed> $values */
    private function __construct(private readonly array $values)
    {
    }

    public static function load(): self
    {
        $file = getenv('LEADKEEP_SETTINGS') ?: '';
        for ($folder = dirname(__DIR__); $file === '' && $folder !== dirname($folder); $folder = dirname($folder)) {
            $file = is_file("$folder/leadkeep-settings.php") ? "$folder/leadkeep-settings.php" : '';
        }
        $given = is_file($file) ? require $file : throw new \RuntimeException('leadkeep-settings.php was not found');
        $unknown = is_array($given) ? array_diff_key($given, self::DEFAULTS) : ['' => null];
        if (!is_array($given) || $unknown !== []) {
            throw new \RuntimeException('leadkeep-settings.php: unknown setting ' . array_key_first($unknown));
        }
        $settings = new self(array_merge(self::DEFAULTS, $given));
        foreach (['merchant_code', 'secret_key', 'store'] as $name) {
            $settings->text($name) !== '' || throw new \RuntimeException("leadkeep-settings.php: $name is missing");
        }
        self::mustBeOutside($file);
        if (str_starts_with($settings->text('store'), 'sqlite:')) {
            self::mustBeOutside(substr($settings->text('store'), 7));
        }
        if (!preg_match('~^https://|^http://(127\.0\.0\.1|localhost|\[::1\])[:/]~', $settings->text('api_url') . '/')) {
            throw new \RuntimeException('leadkeep-settings.php: api_url has to be https');
        }
        return $settings;
    }

    /** Whoever can ask the web server for a file must not get the key or the leads. */
    private static function mustBeOutside(string $file): void
    {
        $root = realpath(env('DOCUMENT_ROOT'));
        $folder = realpath(dirname($file));
        if (PHP_SAPI !== 'cli' && is_string($root) && is_string($folder) && str_starts_with("$folder/", rtrim($root, '/') . '/')) {
            throw new \RuntimeException(basename($file) . ' lies inside the web root: move it out');
        }
    }

    public function text(string $name): string
    {
        $value = $this->values[$name] ?? null;
        return is_string($value) ? $value : throw new \RuntimeException("leadkeep-settings.php: $name has to be text");
    }

    public function number(string $name): int
    {
        $value = $this->values[$name] ?? null;
        return is_int($value) ? $value : throw new \RuntimeException("leadkeep-settings.php: $name has to be a whole number");
    }

    public function flag(string $name): bool
    {
        return ($this->values[$name] ?? null) === true;
    }

    /** @return list<string> */
    public function list(string $name): array
    {
        $value = $this->values[$name] ?? null;
        return is_array($value) ? array_values(array_filter($value, 'is_string')) : [];
    }
}

function env(string $name): string
{
    $value = $_SERVER[$name] ?? null;
    return is_string($value) ? $value : '';
}

/**
 * 2Checkout's way to sign, of API calls and of notifications: each value with its length in bytes before it.
 *
 * @param list<string> $values
 */
function signature(string $algorithm, array $values, string $key): string
{
    return hash_hmac($algorithm, implode('', array_map(fn (string $value): string => strlen($value) . $value, $values)), $key);
}

function now_ms(): int
{
    return (int) (microtime(true) * 1000);
}

// ---- Changes: what may enter a lead -----------------------------------------------------------------------------------

/** Whether a text is or contains a card number: check digit, length and prefix, in the digits of any script. */
function holds_card(string $text): bool
{
    static $digits = [];
    foreach ($digits === [] ? [0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xFF10] : [] as $zero) {
        for ($digit = 0; $digit < 10; $digit++) {
            $digits[(string) json_decode(sprintf('"\u%04x"', $zero + $digit))] = (string) $digit;
        }
    }
    $between = '[\s.,_\/\x{B7}\x{AD}\x{200B}\x{FEFF}\p{Pd}\x{2212}]';
    preg_match_all("/(\\+\\s*)?\\d(?:$between{0,4}\\d)*/u", strtr($text, $digits), $runs, PREG_SET_ORDER);
    foreach ($runs as $run) {
        $groups = preg_split('/\D+/', $run[0], -1, PREG_SPLIT_NO_EMPTY) ?: [];
        $number = implode('', $groups);
        $isPhone = ($run[1] ?? '') !== '';
        $ends = [];
        foreach ($groups as $i => $group) {
            $ends[] = ($ends[$i - 1] ?? 0) + strlen($group);
        }
        // A card number begins where a group begins, and ends where one ends or inside one longer than any card number.
        foreach ([0, ...$ends] as $i => $start) {
            for ($length = 12; $length <= 19 && $start + $length <= strlen($number); $length++) {
                $fits = in_array($start + $length, $ends, true) || ($ends[$i] ?? 0) - $start > 19;
                $spared = $isPhone && ($start === 0 || strlen($number) <= 15);
                if ($fits && !$spared && is_card(substr($number, $start, $length))) {
                    return true;
                }
            }
        }
    }
    return false;
}

/** ISO/IEC 7812: the prefixes of card schemes with the lengths they are issued in, and the check digit of annex B. */
function is_card(string $number): bool
{
    $issued = '/^(?:4\d{15}|4\d{17,18}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}'
        . '|3(?:0[0-5]|095|6\d|[89]\d)\d{11,16}|(?:6011|64[4-9]\d|65\d\d|8[12]\d\d|62\d\d|35(?:2[89]|[3-8]\d)|220[0-4])\d{12,15}'
        . '|60\d{14}|(?:50\d\d|5[678]\d\d|6304|67(?:59|6[0-3]))\d{8,15}|9792\d{12})$/';
    if (!preg_match($issued, $number)) {
        return false;
    }
    $sum = 0;
    foreach (array_reverse(str_split($number)) as $i => $digit) {
        $value = (int) $digit << $i % 2;
        $sum += $value > 9 ? $value - 9 : $value;
    }
    return $sum % 10 === 0;
}

/** Plausible as an e-mail address: what a shopper has not finished typing, and lists, are none. */
function is_email(string $text): bool
{
    $atom = '[^\s@,;<>()"\\\\\p{Cc}]';
    $label = '(?!-)[^\s@,;<>()"\\\\\p{Cc}.]+(?<!-)';
    return strlen($text) <= 254 && preg_match("/^$atom{1,64}@(?:$label\\.)+(?!\\d+$)(?=..)$label$/u", $text) === 1;
}

/** A text as one line: trimmed, without control, bidi and zero-width characters. null: it is too long, or no text. */
function one_line(mixed $value): ?string
{
    if (!is_string($value) || preg_match('/^.{0,500}$/su', $value) !== 1) {
        return null;
    }
    $plain = preg_replace(['/\s+/u', '/[\p{Cc}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}\x{2066}-\x{2069}\x{FEFF}]/u'], [' ', ''], $value);
    return trim((string) $plain);
}

/** ISO 3166-1 alpha-2; names are known where PHP has its intl extension. */
function country(string $text): ?string
{
    if (preg_match('/^[a-z]{2}$/i', $text)) {
        return strtoupper($text) === 'UK' ? 'GB' : strtoupper($text);
    }
    $names = class_exists('ResourceBundle') ? \ResourceBundle::create('en', 'ICUDATA-region')?->get('Countries') : [];
    foreach ($names ?? [] as $code => $name) {
        if (is_string($name) && strlen((string) $code) === 2 && strcasecmp($name, $text) === 0) {
            return (string) $code;
        }
    }
    return null;
}

/** A value in the shape of ITEM; null where it is another, and what the shape does not name is left out. */
function shaped(mixed $shape, mixed $value): mixed
{
    if (is_array($shape)) {
        if (!is_array($value)) {
            return null;
        }
        if (array_is_list($shape)) {
            $list = array_map(fn (mixed $one): mixed => shaped($shape[0], $one), array_values($value));
            return in_array(null, $list, true) ? null : $list;
        }
        $known = array_filter(array_intersect_key($value, $shape), fn (mixed $one): bool => $one !== null);
        $object = [];
        foreach ($known as $key => $one) {
            $object[$key] = shaped($shape[$key], $one);
            if ($object[$key] === null) {
                return null;
            }
        }
        return $object;
    }
    $number = is_string($value) && is_numeric(trim($value)) ? trim($value) + 0 : $value;
    $isNumber = (is_int($number) || is_float($number)) && abs($number) < 1e12;
    return match ($shape) {
        't' => is_scalar($value) && !is_bool($value) ? one_line((string) $value) : null,
        'b' => is_bool($value) ? $value : null,
        'n' => $isNumber ? $number : null,
        'w' => $isNumber && is_int($number) ? $number : null,
        'q' => is_int($number) && $number >= 1 && $number <= 99_999 ? $number : null,
        default => null,
    };
}

/** @return list<array<string, mixed>>|null */
function items(mixed $value): ?array
{
    $items = shaped([ITEM], $value);
    if (!is_array($items) || $items === [] || strlen(json_encode($items, JSON)) > 8_192) {
        return null;
    }
    foreach ($items as &$item) {
        $item += ['Quantity' => 1];
        $named = ($item['Code'] ?? '') !== '' || (($item['IsDynamic'] ?? false) === true && ($item['Name'] ?? '') !== '');
        if (!$named || holds_card(json_encode($item, JSON))) {
            return null;
        }
        if (($item['Price']['Amount'] ?? 1) <= 0) {
            unset($item['Price']);
        }
    }
    return $items;
}

/**
 * Judges the changes of a request: what may enter the lead, as path => [at, value], and the paths of what may not. A
 * field that held a card number counts as emptied.
 *
 * @param array<array-key, mixed> $changes
 * @return array{array<string, array{int, mixed}>, list<string>}
 */
function judged(array $changes): array
{
    [$good, $dropped] = [[], []];
    foreach ($changes as $path => $change) {
        $path = (string) $path;
        $at = is_array($change) ? $change['at'] ?? null : null;
        $known = in_array($path, PLAIN, true) || preg_match('/^(?:Billing|Delivery)Details\.(?:' . implode('|', DETAILS) . ')$/D', $path);
        $value = is_array($change) ? $change['value'] ?? null : null;
        $fits = $known && is_int($at) && $at >= 0 && $at <= 2 ** 53;
        if ($fits && is_string($value) && strlen($value) <= 2_000 && holds_card($value)) {
            $good[$path] = [$at, null];
            $fits = false;
        }
        $entered = $fits ? entered($path, $value) : false;
        if ($entered === false) {
            // The name is the caller's own text, so no more of it comes back than a path is long.
            $dropped[] = (string) preg_replace('/^(.{0,64}).*$/su', '$1', $path);
        } else {
            $good[$path] = [(int) $at, $entered];
        }
    }
    return [$good, array_values(array_unique($dropped))];
}

/** The value of a path as it enters the lead; null: cleared; false: it may not enter. */
function entered(string $path, mixed $value): mixed
{
    if ($path === 'Items') {
        return items($value) ?? false; // A cart that became empty never sends empty Items.
    }
    if ($path === 'Promotions' && $value !== null) {
        $codes = shaped(['t'], $value);
        return is_array($codes) && !holds_card(implode(' | ', $codes)) ? $codes : false;
    }
    if ($value === null || $value === '') {
        return $path === 'Currency' ? false : null; // updateLead refuses a lead without a currency.
    }
    $text = one_line($value);
    $part = substr((string) strrchr(".$path", '.'), 1);
    $fits = $text !== null && match ($part) {
        'Email' => $text === '' || is_email($text),
        'Currency' => preg_match('/^[a-z]{3}$/iD', $text) === 1,
        'Language' => preg_match('/^[a-z]{2}$/iD', $text) === 1,
        'LocalTime' => preg_match('/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-3])(:[0-5]\d){2}$/D', $text) === 1,
        'FirstName', 'LastName', 'Company' => !preg_match('~://|\bwww\.~i', $text),
        default => true,
    };
    if (!$fits) {
        return false;
    }
    return match (true) {
        $text === '' => null,
        $part === 'Currency', $part === 'Language' => strtoupper($text),
        $part === 'CountryCode' => country($text) ?? false,
        default => $text,
    };
}

// ---- The cart and its lead --------------------------------------------------------------------------------------------

/** A row of the database: the merged lead, what 2Checkout has of it, and what is to be done next. */
final class Cart
{
    public const COLUMNS = ['id', 'key_hash', 'state', 'status', 'lead_code', 'marks', 'mails_stopped', 'external_reference',
        'email_hash', 'order_reference', 'consent', 'adding_since', 'adding_email', 'version', 'delivered', 'parked', 'attempts',
        'next_attempt', 'lease', 'lease_until', 'created_at', 'updated_at'];

    /** @var array<string, array{int, mixed}> the newest change of each path: [at, value] */
    public array $state = [];
    public string $status = 'open';
    public ?string $lead_code = null;
    /** What 2Checkout's lead is marked as, as far as is known: '', 'used' or 'stopped'. An update clears it. */
    public string $marks = '';
    public int $mails_stopped = 0;
    public ?string $external_reference = null;
    public ?string $email_hash = null;
    public ?string $order_reference = null;
    public ?string $consent = null;
    /** Set, and on disk, before an addLead is sent; cleared with its answer. */
    public ?int $adding_since = null;
    public ?string $adding_email = null;
    /** Counts what 2Checkout has to be told of the lead, and how much of that it has. */
    public int $version = 0;
    public int $delivered = 0;
    public int $parked = 0;
    public int $attempts = 0;
    public ?int $next_attempt = null;
    /** Who makes a call for it at this moment, and until when nobody else may. */
    public string $lease = '';
    public int $lease_until = 0;
    public int $updated_at;

    public function __construct(public string $id, public string $key_hash, public int $created_at)
    {
        $this->updated_at = $created_at;
    }

    /** Keeps the newest change of each path; of two of one moment the greater, so that every order ends the same. */
    public function merge(string $path, int $at, mixed $value): void
    {
        $rank = fn (mixed $one): string => $one === null ? '' : '=' . (is_string($one) ? $one : json_encode($one, JSON));
        [$knownAt, $known] = $this->state[$path] ?? [-1, null];
        if ($at > $knownAt || ($at === $knownAt && strcmp($rank($value), $rank($known)) > 0)) {
            $this->state[$path] = [$at, $value];
        }
    }

    public function value(string $path): mixed
    {
        return $this->state[$path][1] ?? null;
    }

    /**
     * The lead as 2Checkout gets it, whole: a cleared field empty, one never touched left out, the delivery a copy of the
     * billing where the page has none, and the other way round.
     *
     * @return array<string, mixed>
     */
    public function lead(): array
    {
        $lead = ['CartId' => $this->id];
        foreach (array_diff(PLAIN, [SHIPPING]) as $path) {
            $lead[$path] = $this->value($path);
        }
        if ($this->value(SHIPPING) !== null) {
            $lead['DeliveryInformation'] = ['ShippingMethod' => ['Code' => $this->value(SHIPPING)]];
        }
        $lead['BillingDetails'] = $lead['DeliveryDetails'] = [];
        foreach (['BillingDetails', 'DeliveryDetails'] as $block) {
            foreach (DETAILS as $detail) {
                if (isset($this->state["$block.$detail"])) {
                    $lead[$block][$detail] = (string) $this->value("$block.$detail");
                }
            }
        }
        [$billing, $delivery] = [$lead['BillingDetails'], array_filter($lead['DeliveryDetails'], 'strlen')];
        $isPlace = array_intersect_key(array_filter($billing, 'strlen'), array_flip(['FirstName', 'LastName', 'Address1', 'City', 'Zip']));
        $lead['BillingDetails'] += $isPlace !== [] ? array_intersect_key($delivery, ['Email' => 1]) : $delivery;
        if ($delivery === []) {
            $lead['DeliveryDetails'] = $lead['BillingDetails'];
        }
        return array_filter($lead, fn (mixed $part): bool => $part !== null && $part !== []);
    }

    /** @return list<string> what a lead still needs */
    public function missing(): array
    {
        $lead = $this->lead();
        $email = $lead['BillingDetails']['Email'] ?? '';
        $has = ['Email' => $email !== '', 'Items' => isset($lead['Items']), 'Currency' => isset($lead['Currency'])];
        return array_keys(array_filter($has, fn (bool $one): bool => !$one));
    }

    /** What its lead at 2Checkout has to be marked as. */
    public function wantedMarks(): string
    {
        return match ($this->status) {
            'completed' => 'used',
            'withdrawn' => 'stopped',
            default => $this->mails_stopped ? 'stopped' : '',
        };
    }

    public function schedule(int $now): void
    {
        if ($this->parked || $this->next_attempt === null) {
            [$this->parked, $this->attempts, $this->next_attempt] = [0, 0, $now];
        }
    }

    /** Ends it, for good; of several endings the first counts. What the shopper typed goes, but for what 2Checkout lacks. */
    public function close(string $status, ?string $reference, int $now): bool
    {
        if ($this->status !== 'open') {
            return false;
        }
        [$this->status, $this->order_reference, $this->updated_at] = [$status, $reference, $now];
        if ($status === 'withdrawn') {
            $this->state = array_intersect_key($this->state, ['Items' => 1, 'Currency' => 1, 'Language' => 1]);
            if (isset($this->state['Items'])) {
                $bare = fn (array $item): array => array_diff_key($item, ['AdditionalFields' => 1]);
                $this->state['Items'][1] = array_map($bare, (array) $this->value('Items'));
            }
            $this->version++;
        }
        if ($this->lead_code !== null || $this->adding_since !== null) {
            $this->schedule($now);
        } else {
            $this->bury();
        }
        return true;
    }

    /** Closed, and 2Checkout knows: only the tombstone is left. */
    public function bury(): void
    {
        [$this->state, $this->adding_since, $this->adding_email, $this->next_attempt] = [[], null, null, null];
        [$this->email_hash, $this->delivered, $this->parked, $this->attempts] = [null, $this->version, 0, 0];
    }
}

// ---- The database -----------------------------------------------------------------------------------------------------

final class Store
{
    private \PDO $pdo;
    private bool $isMysql;

    public function __construct(private readonly Settings $settings)
    {
        $dsn = $settings->text('store');
        $this->isMysql = str_starts_with($dsn, 'mysql:');
        $options = [\PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION, \PDO::ATTR_TIMEOUT => 10, \PDO::ATTR_EMULATE_PREPARES => false,
            \PDO::ATTR_DEFAULT_FETCH_MODE => \PDO::FETCH_ASSOC];
        umask(0o077);
        $this->pdo = new \PDO($dsn, $settings->text('store_user') ?: null, $settings->text('store_password') ?: null, $options);
        if ($this->isMysql) {
            $this->pdo->exec('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
        }
        try {
            $this->pdo->query('SELECT value FROM leadkeep_notes LIMIT 1');
        } catch (\PDOException) {
            $this->create();
        }
    }

    private function create(): void
    {
        [$id, $text, $end] = ['VARCHAR(190)', 'TEXT', ''];
        if ($this->isMysql) {
            [$id, $text] = ['VARCHAR(190) CHARACTER SET ascii COLLATE ascii_bin', 'MEDIUMTEXT CHARACTER SET utf8mb4'];
            $end = ' ENGINE=InnoDB';
        } else {
            $this->pdo->exec('PRAGMA journal_mode = WAL');
        }
        $index = fn (string $column): string => $this->isMysql ? ", INDEX ($column)" : '';
        $indexed = implode('', array_map($index, ['external_reference', 'email_hash', 'next_attempt']));
        $this->pdo->exec("CREATE TABLE IF NOT EXISTS leadkeep_carts (id $id PRIMARY KEY, key_hash $id NOT NULL, state $text NOT NULL,
            status $id NOT NULL, lead_code $id, marks $id NOT NULL, mails_stopped INT NOT NULL, external_reference $id, email_hash $id,
            order_reference $text, consent $text, adding_since BIGINT, adding_email $text, version BIGINT NOT NULL,
            delivered BIGINT NOT NULL, parked INT NOT NULL, attempts INT NOT NULL, next_attempt BIGINT, lease $id NOT NULL,
            lease_until BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL$indexed)$end");
        foreach ($this->isMysql ? [] : ['external_reference', 'email_hash', 'next_attempt'] as $column) {
            $this->pdo->exec("CREATE INDEX IF NOT EXISTS leadkeep_$column ON leadkeep_carts ($column)");
        }
        $this->pdo->exec("CREATE TABLE IF NOT EXISTS leadkeep_notes (name $id PRIMARY KEY, value $text NOT NULL, at BIGINT NOT NULL)$end");
    }

    /**
     * Does work with the rows it reads locked; again where another request came between.
     *
     * @template T
     * @param callable(): T $work
     * @return T
     */
    public function transaction(callable $work): mixed
    {
        for ($tries = 5;; $tries--) {
            try {
                $this->pdo->exec($this->isMysql ? 'START TRANSACTION' : 'BEGIN IMMEDIATE');
                $result = $work();
                $this->pdo->exec('COMMIT');
                return $result;
            } catch (\Throwable $error) {
                try {
                    $this->pdo->exec('ROLLBACK');
                } catch (\PDOException) {
                    // There was none to take back.
                }
                // 23000: another request made the row first; 40001: a deadlock.
                if ($tries <= 1 || !$error instanceof \PDOException || !in_array($error->getCode(), ['23000', '40001'], true)) {
                    throw $error;
                }
            }
        }
    }

    /**
     * @param list<int|string|null> $values
     * @return list<array<string, mixed>>
     */
    public function rows(string $sql, array $values = []): array
    {
        $statement = $this->pdo->prepare($sql);
        foreach ($values as $i => $value) {
            $statement->bindValue($i + 1, $value, is_int($value) ? \PDO::PARAM_INT : \PDO::PARAM_STR);
        }
        $statement->execute();
        return $statement->columnCount() > 0 ? array_values($statement->fetchAll()) : [];
    }

    /** A cart, locked until the transaction ends. */
    public function cart(string $id): ?Cart
    {
        $rows = $this->rows('SELECT * FROM leadkeep_carts WHERE id = ?' . ($this->isMysql ? ' FOR UPDATE' : ''), [$id]);
        if ($rows === []) {
            return null;
        }
        $cart = new Cart($id, (string) $rows[0]['key_hash'], (int) $rows[0]['created_at']);
        $cart->state = json_decode((string) $rows[0]['state'], true, 64, JSON_THROW_ON_ERROR);
        foreach (array_diff(Cart::COLUMNS, ['id', 'key_hash', 'state', 'created_at']) as $column) {
            $cart->$column = $rows[0][$column];
        }
        return $cart;
    }

    public function keep(Cart $cart, bool $isNew = false): void
    {
        $email = $cart->value('BillingDetails.Email') ?? $cart->value('DeliveryDetails.Email');
        $cart->email_hash = is_string($email) ? $this->emailHash($email) : ($cart->status === 'open' ? null : $cart->email_hash);
        $reference = $cart->value('ExternalReference');
        $cart->external_reference = is_string($reference) ? substr(hash('sha256', $reference), 0, 64) : $cart->external_reference;
        $state = json_encode((object) $cart->state, JSON);
        $values = array_map(fn (string $column): mixed => $column === 'state' ? $state : $cart->$column, Cart::COLUMNS);
        if ($isNew) {
            $marks = implode(', ', array_fill(0, count($values), '?'));
            $this->rows('INSERT INTO leadkeep_carts (' . implode(', ', Cart::COLUMNS) . ") VALUES ($marks)", $values);
        } else {
            $this->rows('UPDATE leadkeep_carts SET ' . implode(' = ?, ', Cart::COLUMNS) . ' = ? WHERE id = ?', [...$values, $cart->id]);
        }
    }

    /** A keyed hash, so that no plain index of addresses exists; case and what follows a + make no other address. */
    public function emailHash(string $email): string
    {
        $plain = (string) preg_replace('/\+[^@]*@/', '@', strtolower(trim($email)));
        return hash_hmac('sha256', "address $plain", $this->settings->text('secret_key'));
    }

    /** @return array{string, int}|null */
    public function note(string $name): ?array
    {
        $rows = $this->rows('SELECT value, at FROM leadkeep_notes WHERE name = ?' . ($this->isMysql ? ' FOR UPDATE' : ''), [$name]);
        return $rows === [] ? null : [(string) $rows[0]['value'], (int) $rows[0]['at']];
    }

    public function setNote(string $name, string $value, int $at): void
    {
        $this->rows('REPLACE INTO leadkeep_notes (name, value, at) VALUES (?, ?, ?)', [$name, $value, $at]);
    }

    /** Takes one from a bucket that fills again within a time; gives the seconds to wait, 0 when there was one. */
    public function take(string $bucket, int $size, int $fillsInMs): int
    {
        if ($size <= 0) {
            return 0;
        }
        $now = now_ms();
        [$left, $at] = $this->note($bucket) ?? [(string) $size, $now];
        $left = min((float) $size, (float) $left + max(0, $now - $at) * $size / $fillsInMs);
        if ($left < 1) {
            return (int) ceil((1 - $left) * $fillsInMs / $size / 1000);
        }
        $this->setNote($bucket, (string) ($left - 1), $now);
        return 0;
    }
}

// ---- 2Checkout --------------------------------------------------------------------------------------------------------

final class TwoCheckout
{
    public function __construct(private readonly Settings $settings, private readonly Store $store)
    {
    }

    /** @return array{string, string} date and hash */
    private function signature(): array
    {
        $date = gmdate('Y-m-d H:i:s');
        $values = [$this->settings->text('merchant_code'), $date];
        return [$date, signature($this->settings->text('algorithm'), $values, $this->settings->text('secret_key'))];
    }

    /**
     * One JSON-RPC call, with at most one new login where the session turns out to be over.
     *
     * @param list<mixed> $params
     */
    public function call(string $method, array $params): mixed
    {
        [$session, $until] = $this->store->transaction(fn (): ?array => $this->store->note('session')) ?? ['', 0];
        if ($until > now_ms()) {
            try {
                return $this->rpc($method, [$session, ...$params]);
            } catch (Upstream $failed) {
                if ($failed->kind !== 'session') {
                    throw $failed;
                }
            }
        }
        try {
            [$date, $hash] = $this->signature();
            $session = $this->rpc('login', [$this->settings->text('merchant_code'), $date, $hash, $this->settings->text('algorithm')]);
        } catch (Upstream $failed) {
            // A login that fails has carried nothing out.
            throw new Upstream($failed->kind === 'away' ? 'away' : 'credentials', false, max($failed->waitMs, 1_000));
        }
        is_string($session) || throw new Upstream('away');
        // "The session expires in 10 minutes": renewed after nine.
        $this->store->transaction(fn () => $this->store->setNote('session', $session, now_ms() + 540_000));
        return $this->rpc($method, [$session, ...$params]);
    }

    /** @param list<mixed> $params */
    private function rpc(string $method, array $params): mixed
    {
        $body = json_encode(['jsonrpc' => '2.0', 'method' => $method, 'params' => $params, 'id' => random_int(1, 1 << 30)], JSON);
        $answer = $this->send('/rpc/6.0/', ['Content-Type: application/json'], $body);
        $error = $answer['error'] ?? null;
        $result = $answer['result'] ?? $answer['response'] ?? null;
        $refusals = is_array($result) ? $result['Errors'] ?? [] : [];
        if (is_array($error)) {
            $code = is_array($error['data'] ?? null) ? $error['data']['error_code'] ?? $error['code'] ?? '' : $error['code'] ?? '';
            throw match ((string) $code) {
                'FORBIDDEN', 'INVALID_SESSION', 'SESSION_EXPIRED', 'AUTHENTICATION_FAILED', '10000', '10001', '10002' => new Upstream('session'),
                'LEAD_NOT_FOUND' => new Upstream('unknown'),
                'INTERNAL_ERROR', '-32603' => new Upstream('away', true),
                default => new Upstream('rejected'),
            };
        }
        if ($refusals !== []) {
            throw new Upstream(str_contains(json_encode($refusals, JSON), 'LEAD_NOT_FOUND') ? 'unknown' : 'rejected');
        }
        return $result ?? throw new Upstream('away', true);
    }

    /** The lead of a cart among those with its address, from the day before its addLead on: only REST can search. */
    public function find(Cart $cart): ?string
    {
        [$date, $hash] = $this->signature();
        [$code, $algorithm] = [$this->settings->text('merchant_code'), $this->settings->text('algorithm')];
        $proof = "code=\"$code\" date=\"$date\" hash=\"$hash\" algo=\"$algorithm\"";
        $query = ['Email' => $cart->adding_email, 'StartDate' => gmdate('Y-m-d', intdiv((int) $cart->adding_since, 1000) - 86_400)];
        for ($page = 1; $page <= 20; $page++) {
            $path = '/rest/6.0/leads/?' . http_build_query([...$query, 'Page' => $page, 'Limit' => 50]);
            $answer = $this->send($path, ["X-Avangate-Authentication: $proof"], null);
            $leads = is_array($answer['Items'] ?? null) ? $answer['Items'] : throw new Upstream('away');
            foreach (isset($leads['LeadCode']) ? [$leads] : $leads as $lead) {
                if (is_array($lead) && ($lead['CartId'] ?? '') === $cart->id && is_string($lead['LeadCode'] ?? null)) {
                    return $lead['LeadCode'];
                }
            }
            if (count($leads) < 10) {
                break; // A page is never shorter than ten leads unless it is the last.
            }
        }
        return null;
    }

    /**
     * @param list<string> $headers
     * @return array<array-key, mixed>
     */
    private function send(string $path, array $headers, ?string $body): array
    {
        $waitMs = 0;
        $curl = curl_init($this->settings->text('api_url') . $path);
        $options = [CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => [...$headers, 'Accept: application/json'],
            CURLOPT_TIMEOUT_MS => $this->settings->number('call_timeout_ms'), CURLOPT_CONNECTTIMEOUT_MS => 5_000,
            CURLOPT_SSL_VERIFYPEER => true, CURLOPT_SSL_VERIFYHOST => 2, CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_HEADERFUNCTION => function (mixed $_, string $line) use (&$waitMs): int {
                if (preg_match('/^retry-after:\s*(\d{1,6})\s*$/i', $line, $found)) {
                    $waitMs = min((int) $found[1], 300) * 1000;
                }
                return strlen($line);
            }];
        curl_setopt_array($curl, $options + ($body === null ? [] : [CURLOPT_POSTFIELDS => $body]));
        $text = curl_exec($curl);
        $status = (int) curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        if (!is_string($text)) {
            // Before the request was on its way nothing can have been done.
            throw new Upstream('away', (float) curl_getinfo($curl, CURLINFO_PRETRANSFER_TIME) > 0);
        }
        if (in_array($status, [408, 429, 502, 503, 504], true)) {
            throw new Upstream('away', $status === 502 || $status === 504, $waitMs);
        }
        $answer = json_decode($text, true, 64);
        if (!is_array($answer)) {
            throw new Upstream($status === 401 ? 'session' : 'away', $status < 300 || $status >= 500);
        }
        return $answer;
    }
}

// ---- Delivery: one call at a time for a cart ---------------------------------------------------------------------------

final class Delivery
{
    public function __construct(private readonly Settings $settings, private readonly Store $store, private readonly TwoCheckout $upstream)
    {
    }

    /** Tells 2Checkout what it lacks of a cart, unless another request is at it: that one goes on with what came meanwhile. */
    public function deliver(string $id): void
    {
        for ($round = 0; $round < 8; $round++) {
            $begun = $this->store->transaction(fn (): ?array => $this->begin($id));
            if ($begun === null) {
                return;
            }
            [$call, $cart] = $begun;
            $code = $problem = null;
            try {
                $code = $this->carryOut($call, $cart);
            } catch (Upstream $problem) {
                error_log(sprintf('leadkeep: cart %s: %s: %s', substr(hash('sha256', $id), 0, 8), $call, $problem->kind));
            }
            $second = $this->store->transaction(fn (): ?string => $this->finish($call, $cart, $code, $problem));
            if ($second !== null) {
                $this->upstream->call('markLeads', [[['LeadCode' => $second, 'Used' => false, 'StopFollowups' => true]]]);
            }
        }
    }

    /** Carts with something to tell, closings first. @return list<string> */
    public function due(int $most): array
    {
        $sql = "SELECT id FROM leadkeep_carts WHERE next_attempt <= ? AND lease_until <= ? ORDER BY status = 'open', next_attempt LIMIT $most";
        return array_map(fn (array $row): string => (string) $row['id'], $this->store->rows($sql, [now_ms(), now_ms()]));
    }

    /** The next call, with the cart claimed for it: on disk before the call is made. @return array{string, Cart}|null */
    private function begin(string $id): ?array
    {
        [$cart, $now] = [$this->store->cart($id), now_ms()];
        if ($cart === null || $cart->next_attempt === null || $cart->next_attempt > $now || $cart->lease_until > $now) {
            return null;
        }
        $call = $this->next($cart);
        if ($call === null) {
            $cart->status === 'open' ? $cart->next_attempt = null : $cart->bury();
        } elseif ($call === 'add' && $this->isOverTheBound($cart)) {
            [$call, $cart->next_attempt] = [null, $now + 3_600_000];
        } elseif ($call === 'add') {
            [$cart->adding_since, $cart->adding_email] = [$now, $cart->lead()['BillingDetails']['Email']];
        }
        if ($call !== null) {
            // Longer than a call can take with a login before it and after it.
            [$cart->lease, $cart->lease_until] = [bin2hex(random_bytes(16)), $now + 4 * $this->settings->number('call_timeout_ms') + 10_000];
        }
        $this->store->keep($cart);
        return $call === null ? null : [$call, $cart];
    }

    private function next(Cart $cart): ?string
    {
        if ($cart->lead_code === null) {
            return $cart->adding_since !== null ? 'find' : ($cart->status === 'open' && $cart->missing() === [] ? 'add' : null);
        }
        $unmarked = $cart->wantedMarks() !== '' && $cart->marks !== $cart->wantedMarks();
        // The mails stop first, whatever comes of the rest; and an update may have cleared the marks.
        return match (true) {
            $unmarked && $cart->status !== 'open' => 'mark',
            $cart->delivered < $cart->version => 'update',
            $unmarked => 'mark',
            default => null,
        };
    }

    /** A stranger must not make the merchant's account mail somebody again and again. */
    private function isOverTheBound(Cart $cart): bool
    {
        $bound = $this->settings->number('leads_of_an_address_a_day');
        $sql = "SELECT COUNT(*) AS leads FROM leadkeep_carts WHERE email_hash = ? AND status = 'open' AND lead_code IS NOT NULL AND created_at > ?";
        return $bound > 0 && (int) $this->store->rows($sql, [$cart->email_hash, now_ms() - DAY_MS])[0]['leads'] >= $bound;
    }

    private function carryOut(string $call, Cart $cart): ?string
    {
        $lead = $cart->lead();
        if ($call === 'update' && $cart->status === 'withdrawn') {
            $lead['BillingDetails'] = $lead['DeliveryDetails'] = array_fill_keys(DETAILS, '');
        }
        $mark = ['LeadCode' => $cart->lead_code, 'Used' => $cart->wantedMarks() === 'used', 'StopFollowups' => true];
        $result = match ($call) {
            'find' => ['LeadCode' => $this->upstream->find($cart)],
            'add' => $this->upstream->call('addLead', [$lead]),
            'update' => $this->upstream->call('updateLead', [$lead, $cart->lead_code]),
            default => $this->upstream->call('markLeads', [[$mark]]),
        };
        $code = is_array($result) ? $result['LeadCode'] ?? null : null;
        return is_string($code) ? $code : ($call === 'add' ? throw new Upstream('away', true) : null);
    }

    /** Enters what a call came to into the cart, which may have changed meanwhile. Gives the code of a second lead. */
    private function finish(string $call, Cart $before, ?string $code, ?Upstream $problem): ?string
    {
        [$cart, $now] = [$this->store->cart($before->id), now_ms()];
        if ($cart === null) {
            return null;
        }
        $isOurs = $cart->lease === $before->lease;
        $second = $call === 'add' && $code !== null && $cart->lead_code !== null && $cart->lead_code !== $code ? $code : null;
        if ($isOurs) {
            $cart->lease_until = 0;
            $problem === null ? $this->done($call, $cart, $before, $code) : $this->failed($call, $cart, $before, $problem, $now);
        } elseif ($call === 'add' && $code !== null && $second === null) {
            $cart->lead_code = $code;
            $cart->schedule($now);
        }
        $this->store->keep($cart);
        return $second;
    }

    private function done(string $call, Cart $cart, Cart $before, ?string $code): void
    {
        $cart->lead_code ??= $code;
        if ($call === 'add' || $call === 'find') {
            [$cart->adding_since, $cart->adding_email] = [null, null];
        }
        if ($call === 'add' || $call === 'update') {
            [$cart->delivered, $cart->marks] = [max($cart->delivered, $before->version), ''];
        }
        if ($call === 'mark') {
            $cart->marks = $before->wantedMarks();
        }
        [$cart->attempts, $cart->parked, $cart->next_attempt] = [0, 0, now_ms()];
    }

    private function failed(string $call, Cart $cart, Cart $before, Upstream $problem, int $now): void
    {
        if ($call === 'add' && !$problem->maybeDone) {
            [$cart->adding_since, $cart->adding_email] = [null, null];
        }
        if ($problem->kind === 'unknown' && $cart->status !== 'open') {
            $cart->bury();
            return;
        }
        if ($problem->kind === 'unknown' && $call === 'update' && !$cart->parked) {
            // 2Checkout lost the lead: one is made anew; a second loss in a row counts as a refusal.
            [$cart->lead_code, $cart->marks, $cart->parked, $cart->next_attempt] = [null, '', 1, $now];
            return;
        }
        $isRefusal = in_array($problem->kind, ['rejected', 'unknown'], true);
        $cart->attempts++;
        $wait = min($isRefusal ? 3_600_000 : 300_000, 1_000 * 2 ** min($cart->attempts, 12)) * random_int(50, 100) / 100;
        $least = max($problem->maybeDone ? 2_000 : 0, $problem->waitMs, $problem->kind === 'credentials' ? 60_000 : 0);
        [$cart->parked, $cart->next_attempt] = [(int) $isRefusal, $now + (int) max($wait, $least)];
        if ($isRefusal && $cart->version > $before->version) {
            $cart->next_attempt = $now; // What came in the meantime has not been refused yet.
        } elseif ($isRefusal && $cart->attempts >= 20 && $cart->status === 'open') {
            $cart->next_attempt = null; // Until its next change.
        } elseif ($isRefusal && $cart->attempts >= 20 && $cart->marks === $cart->wantedMarks()) {
            $cart->bury();
        }
    }
}

// ---- Requests ---------------------------------------------------------------------------------------------------------

final class Endpoint
{
    private readonly string $requestId;
    private readonly Store $store;
    private readonly Delivery $delivery;
    private bool $answered = false;

    public function __construct(private readonly Settings $settings)
    {
        $this->requestId = bin2hex(random_bytes(16));
        $this->store = new Store($settings);
        $this->delivery = new Delivery($settings, $this->store, new TwoCheckout($settings, $this->store));
    }

    public function serve(): void
    {
        ignore_user_abort(true);
        try {
            $path = (string) parse_url(env('REQUEST_URI'), PHP_URL_PATH);
            preg_match('~/(lead|lead/complete|lead/withdraw|ipn|orders)$~D', $path, $found);
            match ($found[1] ?? '') {
                'ipn' => $this->ipn(),
                'orders' => $this->orders(),
                'lead' => $this->lead(null),
                'lead/complete' => $this->lead('completed'),
                'lead/withdraw' => $this->lead('withdrawn'),
                default => throw new Problem(404, 'lead/not-found', 'expected a path of this endpoint'),
            };
            $this->goOn(1);
        } catch (Problem $problem) {
            $body = ['code' => $problem->id, 'message' => $problem->getMessage(), 'request_id' => $this->requestId];
            $this->answer($problem->status, $body + array_filter(['reason' => $problem->reason]), $problem->headers);
        }
    }

    /** Delivers what is pending of other carts. @return int how many */
    public function goOn(int $most): int
    {
        $due = $this->delivery->due($most);
        array_walk($due, fn (string $id) => $this->delivery->deliver($id));
        return count($due);
    }

    /** Deletes what is no longer needed; see README.md. */
    public function forget(): void
    {
        [$now, $kept] = [now_ms(), $this->settings->number('retention_days') * DAY_MS];
        $gone = "DELETE FROM leadkeep_carts WHERE adding_since IS NULL AND lead_code IS NULL AND ";
        $this->store->rows("{$gone}status = 'open' AND email_hash IS NULL AND updated_at < ?", [$now - 2 * DAY_MS]);
        $this->store->rows("{$gone}status = 'open' AND updated_at < ?", [$now - $kept]);
        $this->store->rows("{$gone}status <> 'open' AND updated_at < ?", [$now - 7 * DAY_MS]);
        $this->store->rows("DELETE FROM leadkeep_carts WHERE status <> 'open' AND next_attempt IS NULL AND updated_at < ?", [$now - 200 * DAY_MS]);
        $this->store->rows("DELETE FROM leadkeep_notes WHERE name <> 'session' AND at < ?", [$now - DAY_MS]);
        $old = "SELECT id FROM leadkeep_carts WHERE status = 'open' AND next_attempt IS NULL AND updated_at < ? LIMIT 500";
        foreach ($this->store->rows($old, [$now - $kept]) as $row) {
            $this->store->transaction(function () use ($row, $now): void {
                $cart = $this->store->cart((string) $row['id']);
                if ($cart?->next_attempt === null && $cart?->status === 'open') {
                    // Its mails are long over. A shopper who comes back begins a new cart.
                    [$cart->status, $cart->updated_at] = ['completed', $now];
                    $cart->bury();
                    $this->store->keep($cart);
                }
            });
        }
    }

    // -- What browsers post --

    /** @param 'completed'|'withdrawn'|null $end how the cart ends; null: a save */
    private function lead(?string $end): void
    {
        if ($this->admit()) {
            return;
        }
        $body = $this->json();
        [$id, $key] = [$body['cart'] ?? null, $body['key'] ?? null];
        $token = '/^[A-Za-z0-9_-]{%d,64}$/D';
        if (!is_string($id) || !is_string($key) || !preg_match(sprintf($token, 16), $id) || !preg_match(sprintf($token, 22), $key)) {
            throw new Problem(400, 'lead/identity', 'expected cart (16 to 64 of A-Z a-z 0-9 - _) and key (22 to 64 of the same)');
        }
        $changes = $body['changes'] ?? null;
        if ($end === null && !is_array($changes)) {
            throw new Problem(400, 'lead/malformed', 'expected {cart, key, changes: {path: {value, at}}}');
        }
        [$good, $dropped] = $end === null ? judged($changes) : [[], []];
        $consent = $end === null ? $body['consent'] ?? null : null;
        [$version, $cart] = $this->store->transaction(function () use ($id, $key, $end, $good, $consent, $body): array {
            $now = now_ms();
            $cart = $this->store->cart($id);
            $isNew = $cart === null;
            if ($isNew && $end === null && $good === []) {
                return [0, null];
            }
            if ($isNew) {
                $this->mustHaveRoom('carts', $this->settings->number('new_carts_in_10_minutes'), 600_000);
                $cart = new Cart($id, hash('sha256', $key), $now);
            }
            // The tombstone that an order made in advance has no key: it is closed to every one.
            if ($cart->key_hash !== '' && !hash_equals($cart->key_hash, hash('sha256', $key))) {
                throw new Problem(403, 'lead/key', 'expected the key of this cart');
            }
            if ($end !== null) {
                $cart->close($end, $end === 'completed' ? reference($body['order_reference'] ?? null) : null, $now);
            } elseif ($cart->status !== 'open') {
                throw new Problem(409, 'lead/closed', 'the cart is completed or withdrawn', [], $cart->status);
            } else {
                $this->merge($cart, $good, $consent, $now);
            }
            $this->store->keep($cart, $isNew);
            return [$cart->version, $cart];
        });
        if ($cart?->next_attempt !== null) {
            $this->delivery->deliver($id);
            $cart = $this->store->transaction(fn (): ?Cart => $this->store->cart($id)) ?? $cart;
        }
        if ($end !== null) {
            $this->answer(200, ['state' => 'closed']);
            return;
        }
        if ($cart !== null && $cart->status !== 'open') {
            throw new Problem(409, 'lead/closed', 'the cart is completed or withdrawn', [], $cart->status);
        }
        $isSaved = $cart?->lead_code !== null && $cart->delivered >= $version;
        $answer = ['state' => $isSaved ? 'saved' : 'queued', 'lead_code' => $cart?->lead_code];
        $missing = $cart?->lead_code === null ? ($cart ?? new Cart($id, '', 0))->missing() : [];
        $this->answer($isSaved ? 200 : 202, $answer + array_filter(['dropped' => $dropped, 'missing' => $missing]));
    }

    /** @param array<string, array{int, mixed}> $changes */
    private function merge(Cart $cart, array $changes, mixed $consent, int $now): void
    {
        $before = $cart->lead();
        foreach ($changes as $path => [$at, $value]) {
            $cart->merge($path, $at, $value);
        }
        if ($changes !== [] && $cart->value('Currency') === null && $this->settings->text('currency') !== '') {
            $cart->merge('Currency', 0, $this->settings->text('currency'));
        }
        if ($cart->consent === null && is_array($consent)) {
            $text = json_encode(array_intersect_key($consent, array_flip(['mode', 'at', 'text', 'language'])), JSON);
            $cart->consent = strlen($text) <= 4_096 ? $text : null;
        }
        if ($cart->lead() !== $before) {
            [$cart->updated_at, $cart->version] = [$now, $cart->version + 1];
            if ($cart->lead_code !== null || $cart->adding_since !== null || $cart->missing() === []) {
                $cart->schedule($now);
            }
        }
    }

    /** Whether the request was a preflight, which is answered. Pages of other origins and too many requests are refused. */
    private function admit(): bool
    {
        [$origin, $site] = [$_SERVER['HTTP_ORIGIN'] ?? null, env('HTTP_SEC_FETCH_SITE')];
        header('Vary: Origin');
        $port = str_starts_with((string) $origin, 'https:') ? ':443' : ':80';
        $plain = fn (string $one): string => (string) preg_replace("/$port$/D", '', strtolower($one));
        $isOwn = $origin === null ? in_array($site, ['', 'same-origin', 'none'], true)
            : preg_match('~^https?://([^/@,\s]+)$~iD', $origin, $host) && $plain($host[1]) === $plain(env('HTTP_HOST'));
        $isAllowed = is_string($origin) && in_array($origin, $this->settings->list('allowed_origins'), true);
        if (!$isOwn && !$isAllowed) {
            throw new Problem(403, 'lead/origin', 'the endpoint does not accept this page; name its origin in allowed_origins, or pass Host on');
        }
        if ($isAllowed) {
            header("Access-Control-Allow-Origin: $origin");
            header('Access-Control-Expose-Headers: retry-after, x-request-id');
        }
        if (env('REQUEST_METHOD') === 'OPTIONS') {
            header('Access-Control-Allow-Methods: POST');
            header('Access-Control-Allow-Headers: content-type');
            header('Access-Control-Max-Age: 600');
            $this->answer(204, null);
            return true;
        }
        $this->mustBe('POST');
        $rate = max(1, $this->settings->number('rate_per_minute'));
        $burst = $this->settings->number('rate_burst');
        $this->store->transaction(fn () => $this->mustHaveRoom('requests', $burst, intdiv(60_000 * $burst, $rate)));
        return false;
    }

    /** A bound for each client: an IPv4 address, or the /64 that an IPv6 subscriber has. Kept as a keyed hash. */
    private function mustHaveRoom(string $what, int $size, int $fillsInMs): void
    {
        $header = $this->settings->text('client_ip_header');
        $told = $header === '' ? [] : explode(',', env('HTTP_' . strtoupper(strtr($header, '-', '_'))));
        $address = @inet_pton(trim((string) end($told))) ?: (@inet_pton(env('REMOTE_ADDR')) ?: '');
        $client = strlen($address) === 16 ? substr($address, 0, 8) : $address;
        $bucket = $what . ' ' . substr(hash_hmac('sha256', $client, $this->settings->text('secret_key')), 0, 32);
        $wait = $this->store->take($bucket, $size, $fillsInMs);
        if ($wait > 0) {
            throw new Problem(429, 'lead/rate', 'expected fewer requests', ['Retry-After' => (string) $wait]);
        }
    }

    // -- What the shop's server and 2Checkout post --

    private function orders(): void
    {
        $token = $this->settings->text('shop_token');
        if ($token === '') {
            throw new Problem(404, 'lead/not-found', 'expected shop_token to be set');
        }
        $this->mustBe('POST');
        $given = env('HTTP_AUTHORIZATION') ?: env('REDIRECT_HTTP_AUTHORIZATION');
        if (!hash_equals(hash('sha256', "Bearer $token"), hash('sha256', $given))) {
            throw new Problem(401, 'orders/token', 'expected Authorization: Bearer with the shop_token', ['WWW-Authenticate' => 'Bearer']);
        }
        $body = $this->json();
        $named = array_filter(array_intersect_key($body, array_flip(['cart', 'external_reference', 'lead_code', 'email'])), 'is_string');
        if (array_filter($named, 'strlen') === []) {
            throw new Problem(400, 'orders/malformed', 'expected one of cart, external_reference, lead_code and email');
        }
        $placed = $body['placed_at'] ?? null;
        $placedMs = is_int($placed) ? $placed : (is_string($placed) && strtotime($placed) !== false ? 1000 * strtotime($placed) : now_ms());
        $closed = $this->end($named, min($placedMs, now_ms()), 'completed', reference($body['order_reference'] ?? null));
        $this->answer(200, ['closed' => count($closed)]);
        array_map($this->delivery->deliver(...), $closed);
    }

    /** Source: 2Checkout's pages "Calculate the IPN HASH signature" and "IPN read receipt response". */
    private function ipn(): void
    {
        if (in_array(env('REQUEST_METHOD'), ['GET', 'HEAD'], true)) {
            $this->answer(200, null);
            return;
        }
        $this->mustBe('POST');
        [$fields, $signed, $signatures] = [[], [], []];
        foreach (explode('&', $this->body(NOTIFICATION_BYTES)) as $pair) {
            [$name, $value] = array_map(urldecode(...), explode('=', $pair, 2) + [1 => '']);
            $name = (string) preg_replace('/\[.*$/s', '', $name);
            if (in_array($name, ['HASH', 'SIGNATURE_SHA2_256', 'SIGNATURE_SHA3_256'], true)) {
                $signatures[$name] = strtolower($value);
            } elseif ($name !== '') {
                $fields[$name] ??= $value;
                $signed[] = $value; // In the order received.
            }
        }
        [$algorithm, $signature] = match (true) {
            ($signatures['SIGNATURE_SHA3_256'] ?? '') !== '' => ['sha3-256', $signatures['SIGNATURE_SHA3_256']],
            ($signatures['SIGNATURE_SHA2_256'] ?? '') !== '' => ['sha256', $signatures['SIGNATURE_SHA2_256']],
            default => ['md5', $this->settings->flag('ipn_md5') ? $signatures['HASH'] ?? '' : ''],
        };
        $sign = fn (array $values): string => signature($algorithm, $values, $this->settings->text('secret_key'));
        if (!hash_equals($sign($signed), $signature)) {
            throw new Problem(400, 'ipn/signature', "expected a notification signed with the account's secret key");
        }
        $field = fn (string $name): string => $fields[$name] ?? '';
        $isRenewal = $field('ORIGINAL_REFNOEXT') !== '';
        $isTest = $field('TEST_ORDER') === '1' && !$this->settings->flag('ipn_test_orders');
        $status = match (true) {
            $isRenewal || $isTest || $field('FRAUD_STATUS') === 'DENIED' => null,
            in_array($field('ORDERSTATUS'), ['PAYMENT_AUTHORIZED', 'AUTHRECEIVED', 'PAYMENT_RECEIVED', 'COMPLETE'], true) => 'completed',
            str_starts_with($field('ORDERSTATUS'), 'PENDING') || $field('ORDERSTATUS') === 'PURCHASE_PENDING' => 'stopped',
            default => null,
        };
        $named = ['cart' => $field('REFNOEXT'), 'external_reference' => $field('REFNOEXT'), 'email' => $field('CUSTOMEREMAIL')];
        $sold = sold_ms($field('SALEDATE'), $field('TIMEZONE_OFFSET'));
        $closed = $status === null ? [] : $this->end($named, $sold, $status, reference($field('REFNO')));
        // What follows is on disk now: else 2Checkout has to come again.
        $date = gmdate('YmdHis');
        $hash = $sign([$field('IPN_PID'), $field('IPN_PNAME'), $field('IPN_DATE'), $date]);
        $receipt = $algorithm === 'md5' ? "<EPAYMENT>$date|$hash</EPAYMENT>" : "<sig algo=\"$algorithm\" date=\"$date\">$hash</sig>";
        $this->answer(200, $receipt);
        array_map($this->delivery->deliver(...), $closed);
    }

    /**
     * Ends the carts of an order, or ('stopped') their mails alone: by what names one, else the open carts of an address
     * that were begun before the sale. Gives their ids.
     *
     * @param array<string, string> $named
     * @return list<string>
     */
    private function end(array $named, int $soldMs, string $status, ?string $reference): array
    {
        return $this->store->transaction(function () use ($named, $soldMs, $status, $reference): array {
            $id = preg_match('/^[A-Za-z0-9_-]{16,64}$/D', $named['cart'] ?? '') ? $named['cart'] : null;
            $by = array_filter(['id' => $id, 'lead_code' => $named['lead_code'] ?? null,
                'external_reference' => ($named['external_reference'] ?? '') === '' ? null : hash('sha256', $named['external_reference'])]);
            $carts = [];
            foreach ($by as $column => $value) {
                array_push($carts, ...$this->store->rows("SELECT id FROM leadkeep_carts WHERE $column = ?", [$value]));
            }
            if ($carts === [] && ($named['email'] ?? '') !== '') {
                $sql = "SELECT id FROM leadkeep_carts WHERE email_hash = ? AND status = 'open' AND created_at <= ?";
                $carts = $this->store->rows($sql, [$this->store->emailHash($named['email']), $soldMs]);
            }
            $ended = [];
            foreach (array_unique(array_column($carts, 'id')) as $known) {
                $cart = $this->store->cart((string) $known);
                if ($cart?->status !== 'open') {
                    continue;
                }
                if ($status === 'completed') {
                    $cart->close('completed', $reference, now_ms());
                } else {
                    $cart->mails_stopped = 1;
                    $cart->lead_code === null ?: $cart->schedule(now_ms());
                }
                $this->store->keep($cart);
                $ended[] = $cart->id;
            }
            if ($carts === [] && $id !== null && !isset($named['email']) && $status === 'completed') {
                // Not known yet, or never: closed in advance, for seven days.
                $cart = new Cart($id, '', now_ms());
                $cart->close('completed', $reference, now_ms());
                $this->store->keep($cart, true);
            }
            return $ended;
        });
    }

    // -- HTTP --

    private function mustBe(string $method): void
    {
        if (env('REQUEST_METHOD') !== $method) {
            throw new Problem(405, 'lead/method', 'expected another method', ['Allow' => "$method, OPTIONS"]);
        }
    }

    private function body(int $most): string
    {
        $input = fopen('php://input', 'rb');
        $body = $input === false ? '' : (string) stream_get_contents($input, $most + 1);
        return strlen($body) <= $most ? $body : throw new Problem(413, 'lead/too-large', "expected at most $most bytes");
    }

    /** @return array<array-key, mixed> */
    private function json(): array
    {
        $type = strtolower(trim(explode(';', env('CONTENT_TYPE') ?: env('HTTP_CONTENT_TYPE'))[0]));
        $text = $this->body(BODY_BYTES);
        if (!in_array($type, ['application/json', 'text/plain'], true) || !in_array(env('HTTP_CONTENT_ENCODING'), ['', 'identity'], true)) {
            throw new Problem(415, 'lead/content-type', 'expected content-type application/json or text/plain, not compressed');
        }
        // Half a surrogate pair would make PHP refuse all of the body.
        $pairs = '/\\\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}|u([dD][89a-fA-F][0-9a-fA-F]{2})|.)/s';
        $text = (string) preg_replace_callback($pairs, fn (array $found): string => isset($found[1]) ? '\ufffd' : $found[0], $text);
        $read = json_decode($text, false, 32);
        if (!is_object($read) || (isset($read->changes) && !is_object($read->changes))) {
            throw new Problem(400, 'lead/malformed', 'expected a JSON object');
        }
        return (array) json_decode($text, true, 32);
    }

    /**
     * Answers once; the browser need not wait for what follows.
     *
     * @param array<string, mixed>|string|null $body
     * @param array<string, string> $headers
     */
    private function answer(int $status, array|string|null $body, array $headers = []): void
    {
        if ($this->answered) {
            return;
        }
        $this->answered = true;
        $text = is_array($body) ? json_encode($body, JSON) : (string) $body;
        http_response_code($status);
        $security = ['Cache-Control' => 'no-store', 'X-Content-Type-Options' => 'nosniff', 'Referrer-Policy' => 'no-referrer',
            'Content-Security-Policy' => "default-src 'none'; frame-ancestors 'none'", 'X-Request-Id' => $this->requestId];
        $type = ['Content-Type' => is_array($body) ? 'application/json' : 'text/plain; charset=utf-8', 'Content-Length' => (string) strlen($text)];
        foreach ([...$security, ...$type, ...$headers] as $name => $value) {
            header("$name: $value");
        }
        echo $text;
        function_exists('fastcgi_finish_request') ? fastcgi_finish_request() : flush();
    }
}

/** An order is closed whatever stands here: a reference that is none is left out. */
function reference(mixed $given): ?string
{
    $text = is_int($given) ? (string) $given : one_line($given);
    return $text !== null && $text !== '' && strlen($text) <= 100 && !holds_card($text) ? $text : null;
}

/** When an order was placed, by the zone that the notification names; without one, two days of grace. */
function sold_ms(string $date, string $zone): int
{
    $isZone = preg_match('/^(?:GMT|UTC)?([+-]\d{1,2}(?::?\d\d)?|)$/D', trim($zone), $found) === 1 && $zone !== '';
    $sold = \DateTimeImmutable::createFromFormat('Y-m-d H:i:s', $date, new \DateTimeZone($isZone && $found[1] !== '' ? $found[1] : 'UTC'));
    $ms = $sold === false ? now_ms() : $sold->getTimestamp() * 1000 + 999;
    return min(now_ms(), $ms + ($isZone ? 0 : 2 * DAY_MS));
}

/** Whatever fails here is the endpoint's own matter: told to its log, without values, and to nobody else. */
function main(): int
{
    ini_set('display_errors', '0');
    ini_set('serialize_precision', '-1');
    try {
        $endpoint = new Endpoint(Settings::load());
        if (PHP_SAPI !== 'cli') {
            $endpoint->serve();
            random_int(1, 200) > 1 ?: $endpoint->forget();
            return 0;
        }
        [$end, $count] = [now_ms() + 50_000, 0];
        while (now_ms() < $end && ($done = $endpoint->goOn(20)) > 0) {
            $count += $done;
        }
        $endpoint->forget();
        echo "leadkeep: $count carts delivered or tried\n";
    } catch (\Throwable $error) {
        error_log('leadkeep: ' . ($error instanceof \RuntimeException && !$error instanceof \PDOException ? $error->getMessage()
            : $error::class . ' ' . $error->getCode() . ' at line ' . $error->getLine()));
        if (PHP_SAPI === 'cli') {
            return 1;
        }
        if (!headers_sent()) {
            $isStore = $error instanceof \PDOException;
            http_response_code($isStore ? 503 : 500);
            header('Content-Type: application/json');
            $isStore && header('Retry-After: 1');
            $message = $isStore ? 'nothing was kept: the database failed' : 'the endpoint failed: its log says why';
            echo json_encode(['code' => $isStore ? 'lead/store' : 'lead/internal', 'message' => $message, 'request_id' => bin2hex(random_bytes(16))]);
        }
    }
    return 0;
}

if (realpath(env('SCRIPT_FILENAME')) === __FILE__) {
    exit(main());
}
